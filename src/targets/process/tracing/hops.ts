/** The hops of the mesh around `forward`: what each place says of a request that is traced. */

import { identityOf, ingressCaller } from '../../../app/identity.ts';
import type { Connection } from '../../../engine/trace.ts';
import type { Reachable } from '../mesh/endpoint.ts';
import type { Answered, TracedAttempt } from '../mesh/forward.ts';
import type { Incoming } from '../mesh/incoming.ts';
import type { RawHeaders } from '../mesh/raw-headers.ts';
import { type Context, isSampled, parseTraceparent, traceparentOf, withTraceparent } from './traceparent.ts';
import { type Open, requestName, type Tracer } from './tracer.ts';

type Seen = Answered & { readonly succeeded: boolean; readonly connection?: Connection };

/** What the hops tell of a request, whichever way it came. */
export type Asked = Pick<Incoming, 'method' | 'path' | 'authority' | 'headers' | 'tls'>;

/** What `forward` is given of a traced request. */
export interface Traced<D> {
  trace(destination: D, attempt: number): TracedAttempt;
  /** Called once at the end. */
  ended(seen: Seen): void;
  /** Of a connection: how it is so far. */
  told(seen: Seen): void;
}

const endOf = ({ status, succeeded, connection }: Seen) => ({
  status,
  failed: !succeeded,
  ...(connection !== undefined && { connection }),
});

/** One hop an attempt, each with a span of its own, so that retries and the replica that answered show. */
export function outboundHops(
  tracer: Tracer,
  context: Context,
  call: { readonly caller: string; readonly callee: string; readonly name: string; readonly headers: RawHeaders },
): Traced<Reachable>['trace'] {
  const { caller, callee, name, headers } = call;
  return ({ replica }, attempt) => {
    const peer = { service: callee, identity: identityOf(callee), mtls: true, replica: `${replica}` };
    const begun = { kind: 'outbound', service: caller, name, attempt, peer } as const;
    const hop = tracer.begin(context.trace, { ...begun, ...(context.parent && { parent: context.parent }) });
    return { headers: withTraceparent(headers, traceparentOf(context, hop.id)), end: hop.end, tell: hop.tell };
  };
}

/** Of an attempt that has no hop of its own. */
const untold = { end: () => {}, tell: () => {} };

/** At the sidecar before a replica. The app's own spans come below it. */
export function inboundHop(
  tracer: Tracer,
  incoming: Pick<Asked, 'method' | 'path' | 'headers'>,
  at: { readonly caller: string; readonly service: string; readonly replica: number; readonly headers: RawHeaders },
): (Traced<unknown> & Pick<Open, 'end'>) | undefined {
  const context = tracer.of(incoming.headers);
  if (context === undefined) return undefined;
  const { caller, service, replica } = at;
  const hop = tracer.begin(context.trace, {
    ...(context.parent && { parent: context.parent }),
    kind: 'inbound',
    service,
    replica: `${replica}`,
    name: requestName(incoming.method, incoming.path, incoming.headers),
    peer: { service: caller, identity: identityOf(caller), mtls: true },
  });
  const headers = withTraceparent(at.headers, traceparentOf(context, hop.id));
  return {
    trace: () => ({ headers, ...untold }),
    ended: (seen) => hop.end(endOf(seen)),
    told: (seen) => hop.tell(endOf(seen)),
    end: hop.end,
  };
}

/** At the ingress: the edge, and below it the route with the attempts. `to` is undefined when no route fits. */
export function edgeHops(
  tracer: Tracer,
  incoming: Asked,
  context: Context,
  name: string,
  to:
    | {
        readonly service: string;
        readonly headers: RawHeaders;
        readonly route: { readonly host: string; readonly path: string; readonly strip: boolean };
      }
    | undefined,
): Traced<Reachable> | undefined {
  if (!isSampled(context)) return undefined;
  const { trace } = context;
  const tls = incoming.tls();
  const edge = tracer.begin(trace, {
    ...(context.parent && { parent: context.parent }),
    kind: 'edge',
    service: ingressCaller,
    name,
    ...(tls && { tls }),
    attributes: { 'server.address': incoming.authority },
  });
  if (to === undefined)
    return { trace: () => ({ headers: [], ...untold }), ended: (seen) => edge.end(endOf(seen)), told: () => {} };
  const { host, path, strip } = to.route;
  const route = tracer.begin(trace, {
    parent: edge.id,
    kind: 'route',
    service: ingressCaller,
    name,
    route: { host, path, strip, to: to.service },
  });
  const call = { caller: ingressCaller, callee: to.service, name, headers: to.headers };
  return {
    trace: outboundHops(tracer, { ...context, parent: route.id }, call),
    ended(seen) {
      route.end(endOf(seen));
      edge.end(endOf(seen));
    },
    told(seen) {
      route.tell(endOf(seen));
      edge.tell(endOf(seen));
    },
  };
}

/** A call that its own side of the mesh turned away. */
export function refusedHop(
  tracer: Tracer,
  incoming: Incoming,
  call: { readonly caller: string; readonly callee: string; readonly status: string; readonly words: string },
): void {
  const context = tracer.of(incoming.headers);
  if (context === undefined) return;
  const hop = tracer.begin(context.trace, {
    ...(context.parent && { parent: context.parent }),
    kind: 'outbound',
    service: call.caller,
    name: requestName(incoming.method, incoming.path, incoming.headers),
    attempt: 1,
    peer: { service: call.callee, mtls: false },
  });
  hop.end({ status: call.status, failed: true, refused: call.words });
}

/** A raw connection, which bears no trace of its own: one begins with it, when it is recorded. */
export function rawHops(
  tracer: Tracer,
  caller: string,
  callee: string,
): ((replica: number) => { readonly traceparent: string; readonly hop: Open }) | undefined {
  const name = `TCP ${callee}`;
  const { context } = tracer.start([], name);
  if (!isSampled(context)) return undefined;
  let attempt = 0;
  return (replica) => {
    attempt += 1;
    const peer = { service: callee, identity: identityOf(callee), mtls: true, replica: `${replica}` };
    const hop = tracer.begin(context.trace, { kind: 'outbound', service: caller, name, attempt, peer });
    return { traceparent: traceparentOf(context, hop.id), hop };
  };
}

/** At the sidecar before a replica that a raw connection goes to; undefined when its caller tells of none. */
export function rawInboundHop(
  tracer: Tracer,
  traceparent: string | undefined,
  at: { readonly caller: string; readonly service: string; readonly replica: number },
): Open | undefined {
  const context = parseTraceparent(traceparent);
  if (context?.parent === undefined) return undefined;
  const { caller, service, replica } = at;
  return tracer.begin(context.trace, {
    ...{ parent: context.parent, kind: 'inbound', service, replica: `${replica}`, name: `TCP ${service}` },
    peer: { service: caller, identity: identityOf(caller), mtls: true },
  });
}
