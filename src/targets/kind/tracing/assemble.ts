/** The life of one request, put together from what the ingress and the proxies noted. Pure. */
import { createHash } from 'node:crypto';
import { ingressCaller, serviceOf } from '../../../app/identity.ts';
import type { Hop, Trace } from '../../../engine/trace.ts';
import { outsider, whyTurnedAway } from '../../../platform/mesh/edges.ts';
import type { IngressLine } from './ingress-log.ts';
import type { ProxyLine } from './proxy-log.ts';

/** What the cluster knows beside the logs. */
export interface Surroundings {
  /** Address of a pod to its name. */
  readonly podAt: ReadonlyMap<string, string>;
  /** Identities that may call a service; undefined when no policy guards it. */
  readonly mayCall: (service: string) => ReadonlySet<string> | undefined;
  /** The route of a request that went to a service. */
  readonly routeOf: (line: IngressLine) => Hop['route'];
  readonly mesh: boolean;
  /** Resources without HTTP that a service is let into. */
  readonly silent: (service: string) => readonly string[];
}

/** Milliseconds that two clocks of one machine, rounded differently, may be apart. */
const slack = 5;

const idOf = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 16);

export const traceIdOf = (line: IngressLine): string =>
  line.trace ??
  (/^[0-9a-f]{32}$/.test(line.requestId ?? '')
    ? (line.requestId ?? '')
    : idOf(line.pod, line.start, line.path, 'a') + idOf(line.pod, line.start, line.path, 'b'));

function edgeHops(line: IngressLine, { routeOf }: Surroundings): readonly Hop[] {
  const { pod, start, ms, status, tls, protocol, host, method, path } = line;
  const id = idOf(pod, start, path, 'edge');
  const seen = { service: ingressCaller, replica: pod, start, ms, status: String(status), failed: status >= 500 };
  const name = `${method} ${path}`;
  const route = routeOf(line);
  return [
    {
      ...{ id, kind: 'edge', name },
      ...seen,
      ...(tls !== undefined && { tls: { version: tls, protocol, serverName: host } }),
    },
    ...(route === undefined
      ? []
      : [{ id: idOf(id, 'route'), parent: id, kind: 'route' as const, name, ...seen, route }]),
  ];
}

function refusalOf({ service, identity, status }: ProxyLine, { mayCall }: Surroundings): Pick<Hop, 'refused'> {
  const allowed = mayCall(service);
  if (status !== 403 || allowed === undefined || (identity !== undefined && allowed.has(identity))) return {};
  const caller = identity === undefined ? outsider : (serviceOf(identity) ?? identity);
  return { refused: whyTurnedAway(caller, service) };
}

function inboundHop(line: ProxyLine, parent: Hop, around: Surroundings): Hop {
  const { service, pod, start, ms, status, identity, method, path, from } = line;
  const caller = parent.service;
  const replica = around.podAt.get(from);
  return {
    id: idOf(pod, start, path, from),
    parent: parent.id,
    kind: 'inbound',
    service,
    replica: pod,
    name: `${method} ${path}`,
    start,
    ms,
    status: String(status),
    failed: status === 0 || status >= 500,
    peer: {
      service: caller,
      ...(identity !== undefined && { identity }),
      mtls: identity !== undefined,
      ...(replica !== undefined && { replica }),
    },
    ...refusalOf(line, around),
  };
}

/** Calls that began while `frame` was under way, from the very pod that it was in. */
function within(frame: Hop, lines: readonly ProxyLine[], around: Surroundings): readonly ProxyLine[] {
  return lines.filter(
    ({ from, start }) =>
      around.podAt.get(from) === frame.replica &&
      start >= frame.start - slack &&
      start <= frame.start + frame.ms + slack,
  );
}

/** Other requests that the same pod served meanwhile: their calls cannot be told apart by time. */
function isShared(frame: Hop, lines: readonly ProxyLine[]): boolean {
  const others = lines.filter(
    ({ pod, start, ms }) =>
      pod === frame.replica && start <= frame.start + frame.ms + slack && start + ms >= frame.start - slack,
  );
  return others.length > 1;
}

/** Calls of the ingress are known by the request's own id; those of services by it too when they hand it on. */
function callsOf(
  frame: Hop,
  line: IngressLine,
  lines: readonly ProxyLine[],
  used: ReadonlySet<ProxyLine>,
  around: Surroundings,
): { readonly calls: readonly ProxyLine[]; readonly guessed: boolean } {
  const all = within(frame, lines, around).filter((one) => !used.has(one));
  const own = all.filter(({ requestId }) => requestId !== undefined && requestId === line.requestId);
  if (own.length > 0) return { calls: own, guessed: false };
  // A call that bears another request's id is another request's.
  const nameless = all.filter(({ requestId }) => requestId === undefined || line.requestId === undefined);
  if (frame.service !== ingressCaller) return { calls: nameless, guessed: isShared(frame, lines) };
  const chosen = nameless.filter(({ service }) => service === frame.route?.to);
  return { calls: chosen.slice(0, 1), guessed: chosen.length > 1 };
}

/** `lines` are of all proxies around the time of the request. */
export function assemble(line: IngressLine, lines: readonly ProxyLine[], around: Surroundings): Trace {
  const hops: Hop[] = [...edgeHops(line, around)];
  const guesses: string[] = [];
  const first = hops.at(-1);
  const frames = first === undefined ? [] : [first];
  const used = new Set<ProxyLine>();
  for (let frame = frames.shift(); frame !== undefined; frame = frames.shift()) {
    const { calls, guessed } = callsOf(frame, line, lines, used, around);
    if (guessed && calls.length > 0) guesses.push(frame.service);
    for (const call of calls) {
      used.add(call);
      const hop = inboundHop(call, frame, around);
      hops.push(hop);
      frames.push(hop);
    }
  }
  const { method, host, path, start, ms, status } = line;
  return {
    id: traceIdOf(line),
    name: `${method} https://${host}${path}`,
    ...{ start, ms, status: String(status), failed: status >= 500 },
    hops: hops.toSorted((a, b) => a.start - b.start || (a.parent === b.id ? 1 : b.parent === a.id ? -1 : 0)),
    unseen: unseenOf(hops, guesses, around),
  };
}

function unseenOf(hops: readonly Hop[], guesses: readonly string[], { mesh, silent }: Surroundings): readonly string[] {
  if (!mesh) return ['What happens behind the ingress is not seen: the mesh is off.'];
  const reached = [...new Set(hops.filter(({ kind }) => kind === 'inbound').map(({ service }) => service))];
  const quiet = reached.flatMap((service) =>
    silent(service).map((name) => `Calls of ${service} to ${name} are no HTTP: the mesh counts connections only.`),
  );
  const doubtful = [...new Set(guesses)].map(
    (service) =>
      `${service} served other requests meanwhile and hands no X-Request-ID on: calls of theirs may be among these.`,
  );
  const none = reached.length === 0 ? ['No proxy noted the request yet, or the service has none.'] : [];
  return [...none, ...quiet, ...doubtful];
}
