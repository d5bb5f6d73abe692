/** The last step: every public address answers through the ingress, on 127.0.0.1 with the right name and certificate. */
import { request } from 'node:https';
import type { Step } from '../../../engine/step.ts';
import { type Address, addressesOf } from '../addresses.ts';
import { type Session, secretsOf, step } from './session.ts';

/** Milliseconds until a public service must answer once its replicas are ready. */
const deadline = 30_000;

export function verifyStep(session: Session, needs: readonly string[]): Step {
  const { app, situation } = session;
  const addresses = addressesOf(app, situation.ports);
  return step({
    id: 'verify',
    title: 'public addresses answer',
    kind: 'wait',
    needs: ['routes', ...needs],
    deadlineMs: deadline,
    async run({ system, signal, note, emit }) {
      const { authority } = secretsOf(session).trust;
      const answers = addresses.map(async (address) => {
        for (let wait = 20; ; wait = Math.min(wait * 2, 250)) {
          const found = await statusOf(address, situation.ports.https, authority, signal);
          if (found === undefined) return;
          note(`${address.host}${address.path} answers ${found}`);
          await system.clock.sleep(wait, signal);
        }
      });
      await Promise.all(answers);
      for (const { path: _, ...address } of addresses) emit({ type: 'address', ...address });
      return undefined;
    },
  });
}

/** What the controllers say themselves of a host or path that they do not know yet. */
const controllerSays = /<center>nginx<\/center>|^404 page not found/;

/** undefined when the service answered, whatever it said; else what came instead. */
function statusOf(
  { host, path }: Address,
  port: number,
  ca: string,
  signal: AbortSignal,
): Promise<number | string | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: '127.0.0.1', port, path, servername: host, ca, agent: false, signal },
        headers: { host: port === 443 ? host : `${host}:${port}` },
      },
      async (response) => {
        let body = '';
        for await (const chunk of response.setEncoding('utf8')) {
          body += chunk;
          // Streams may never end.
          if (body.length > 1000) break;
        }
        const status = response.statusCode ?? 0;
        // An application's own 500 is its affair; these three are said by the ingress.
        const isNotYet = [502, 503, 504].includes(status) || (status === 404 && controllerSays.test(body));
        resolve(isNotYet ? status : undefined);
      },
    );
    asked.once('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(error);
      else resolve(error.code ?? error.message);
    });
    asked.end();
  });
}
