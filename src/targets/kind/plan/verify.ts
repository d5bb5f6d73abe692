/**
 * The last step: every public address is answered by its own service, through the ingress, on 127.0.0.1 with the right
 * name and certificate.
 */
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import type { Step } from '../../../engine/step.ts';
import type { Clock } from '../../../system/system.ts';
import { type Address, addressesOf } from '../addresses.ts';
import type { IngressLine } from '../tracing/ingress-log.ts';
import { ingressLines, podsOf, servicesOf } from '../tracing/pod-lines.ts';
import { clientOf, type Session, secretsOf, step } from './session.ts';

/** Milliseconds until a public service must answer once its replicas are ready. */
const deadline = 30_000;
/** Milliseconds until the ingress must have logged a request; a user's own log format may never name its trace. */
const loggedWithin = 3_000;
/** Milliseconds that an answer gets to end: streams never do. */
const endsWithin = 500;
/** Seconds back that its logs are read. */
const memorySeconds = 30;

export function verifyStep(session: Session, needs: readonly string[]): Step {
  const { app, situation } = session;
  const addresses = addressesOf(app, situation.ports);
  return step({
    id: 'verify',
    title: 'public addresses answer',
    kind: 'wait',
    needs: ['routes', ...needs],
    deadlineMs: deadline,
    async run({ system: { clock }, signal, note, emit }) {
      const { authority } = secretsOf(session).trust;
      const through: Edge = { clock, signal, port: situation.ports.https, ca: authority };
      for (let [left, wait] = [addresses, 20]; left.length > 0; wait = Math.min(wait * 2, 250)) {
        const asked = await Promise.all(left.map((address) => ask(address, through)));
        const answered = asked.filter(({ failure }) => failure === undefined);
        const servers = await serversOf(session, answered, clock, signal);
        const wrong = asked.flatMap((one) => {
          const { address, failure, trace } = one;
          const server = servers.get(trace);
          if (failure !== undefined) return [{ address, why: `answers ${failure}` }];
          return server === undefined || server === address.answeredBy
            ? []
            : [{ address, why: `is still answered by ${server}` }];
        });
        left = wrong.map(({ address }) => address);
        const [first] = wrong;
        if (first === undefined) break;
        note(`${first.address.host}${first.address.path} ${first.why}`);
        await clock.sleep(wait, signal);
      }
      for (const { title, url, plainUrl, host } of addresses) emit({ type: 'address', title, url, plainUrl, host });
      return undefined;
    },
  });
}

interface Edge {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly port: number;
  /** PEM. */
  readonly ca: string;
}

interface Asked {
  readonly address: Address;
  /** 32 hex digits; the ingress logs them with the request. */
  readonly trace: string;
  /** What came instead of a service's answer. */
  readonly failure: number | string | undefined;
}

/**
 * Service id by trace, as the ingress logged it: an ingress that has not read all routes yet answers by those that it
 * has, and a service at `/` takes what is another's.
 */
async function serversOf(
  session: Session,
  asked: readonly Asked[],
  clock: Clock,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (asked.length === 0) return found;
  const client = clientOf(session);
  const [pods, services] = await Promise.all([podsOf(client, signal), servicesOf(client, signal)]);
  const wanted = new Set(asked.map(({ trace }) => trace));
  const until = clock.monotonic() + loggedWithin;
  for (;;) {
    const lines = await ingressLines(client, pods, services, memorySeconds, signal);
    const own = lines.filter((line): line is IngressLine & { trace: string } => wanted.has(line.trace ?? ''));
    for (const { trace, service } of own) if (service) found.set(trace, `${service.namespace}/${service.name}`);
    if (own.length >= wanted.size || clock.monotonic() > until) return found;
    await clock.sleep(50, signal);
  }
}

/** What the controllers say themselves of a host or path that they do not know yet. */
const controllerSays = /<center>nginx<\/center>|^404 page not found/;

function ask(address: Address, { clock, signal, port, ca }: Edge): Promise<Asked> {
  const { host, path } = address;
  const trace = randomBytes(16).toString('hex');
  const traceparent = `00-${trace}-${randomBytes(8).toString('hex')}-01`;
  return new Promise((resolve, reject) => {
    const end = (failure: number | string | undefined) => resolve({ address, trace, failure });
    const asked = request(
      {
        ...{ host: '127.0.0.1', port, path, servername: host, ca, agent: false, signal },
        headers: { host: port === 443 ? host : `${host}:${port}`, traceparent },
      },
      (response) => {
        const status = response.statusCode ?? 0;
        let body = '';
        const cancel = clock.after(endsWithin, () => response.destroy());
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += body.length < 1000 ? chunk : '';
        });
        response.once('close', () => {
          cancel();
          // An application's own 500 is its affair; these three are said by the ingress.
          const isNotYet = [502, 503, 504].includes(status) || (status === 404 && controllerSays.test(body));
          end(isNotYet ? status : undefined);
        });
      },
    );
    asked.once('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(error);
      else end(error.code ?? error.message);
    });
    asked.end();
  });
}
