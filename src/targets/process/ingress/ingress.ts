/** The edge: HTTPS to routes to services, and HTTP to HTTPS. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { hiddenFields } from '../../../app/hidden-fields.ts';
import { ingressCaller } from '../../../app/identity.ts';
import type { Clock } from '../../../system/system.ts';
import type { IngressRoute } from '../data-plane.ts';
import type { Edges } from '../mesh/edges.ts';
import type { Destination, Reachable } from '../mesh/endpoint.ts';
import { type Forwarding, forward } from '../mesh/forward.ts';
import { HttpFront, refuseRaw, respondRaw } from '../mesh/http-front.ts';
import { answer, clientTls, type Incoming } from '../mesh/incoming.ts';
import { target } from '../mesh/incoming-http1.ts';
import { headerValue, type RawHeaders } from '../mesh/raw-headers.ts';
import { forwardUpgrade } from '../mesh/upgrade.ts';
import type { LiveUpstream, Prefer } from '../mesh/upstream.ts';
import { edgeHops } from '../tracing/hops.ts';
import { requestName, type Tracer } from '../tracing/tracer.ts';
import { withForwarded } from './forwarded.ts';
import { hashKey, rendezvous } from './hash.ts';
import { hostOf, isWellFormed, type RouteTable, rewritten, routeTable } from './route-table.ts';
import { stickyCookie, stickyReplica } from './sticky.ts';

export interface IngressSettings {
  readonly httpsPort: number;
  /** PEM. */
  readonly certificate: string | Buffer;
  readonly key: string | Buffer;
  readonly routes: readonly IngressRoute[];
}

/** Milliseconds, as ingress-nginx: proxy-read-timeout 60 s, and an hour where connections are long. */
const idleMsOf = (protocol: string): number => (protocol === 'http' ? 60_000 : 3_600_000);

const malformed = '400 the path holds an escape that is none';

const withheld: ReadonlySet<string> = new Set(hiddenFields.map((name) => name.toLowerCase()));

/** What routing needs of a request, whichever way it came. */
interface Asked {
  readonly authority: string;
  readonly path: string;
  readonly method: string;
  readonly headers: RawHeaders;
  readonly remoteAddress: string;
}

export class Ingress {
  readonly #clock: Clock;
  readonly #edges: Edges;
  readonly #tracer: Tracer;
  readonly #upstreams: (key: string) => LiveUpstream | undefined;
  readonly #front: HttpFront;
  readonly #redirect: HttpFront;
  readonly #tls: TlsServer;
  #settings: IngressSettings;
  #table: RouteTable;

  constructor(
    parts: {
      readonly clock: Clock;
      readonly edges: Edges;
      readonly tracer: Tracer;
      readonly upstreams: (key: string) => LiveUpstream | undefined;
    },
    settings: IngressSettings,
  ) {
    this.#clock = parts.clock;
    this.#edges = parts.edges;
    this.#tracer = parts.tracer;
    this.#upstreams = parts.upstreams;
    this.#settings = settings;
    this.#table = routeTable(settings.routes);
    this.#front = new HttpFront({
      exchange: (incoming) => this.#exchange(incoming),
      upgrade: (request, socket, head) => this.#upgrade(request, socket, head),
    });
    this.#redirect = new HttpFront({
      exchange: (incoming) => {
        if (!isWellFormed(incoming.path)) return answer(incoming, 400, malformed);
        answer(incoming, 301, '301 use https', ['location', this.#secure(incoming)]);
      },
      upgrade: (request, socket) => {
        const asked = { ...target(request.url ?? '/', request.headers.host) };
        if (!isWellFormed(asked.path)) return refuseRaw(request, socket, 400, malformed);
        const response = respondRaw(request, socket);
        response.writeHead(301, { location: this.#secure(asked), 'content-length': 0 }).end();
      },
    });
    this.#tls = createTlsServer(
      { ...secrets(settings), minVersion: 'TLSv1.2', ALPNProtocols: ['h2', 'http/1.1'] },
      (socket) => this.#front.accept(socket, socket.alpnProtocol === 'h2' ? 2 : 1),
    );
    this.#tls.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Routes and certificate for the next requests and connections; open ones go on. */
  apply(settings: IngressSettings): void {
    this.#settings = settings;
    this.#table = routeTable(settings.routes);
    this.#tls.setSecureContext({ ...secrets(settings), minVersion: 'TLSv1.2' });
  }

  acceptSecure(socket: Socket): void {
    this.#tls.emit('connection', socket);
  }

  acceptPlain(socket: Socket): void {
    this.#redirect.accept(socket, 1);
  }

  close(): void {
    this.#front.close();
    this.#redirect.close();
  }

  #secure(asked: { readonly authority: string; readonly path: string }): string {
    const { httpsPort } = this.#settings;
    const host = asked.authority.replace(/:\d*$/, '') || 'localhost';
    return `https://${host}${httpsPort === 443 ? '' : `:${httpsPort}`}${asked.path}`;
  }

  #route(asked: Asked): { route: IngressRoute; upstream: LiveUpstream } | undefined {
    if (!isWellFormed(asked.path)) return undefined;
    const route = this.#table.find(asked.authority, asked.path);
    const upstream = route && this.#upstreams(route.upstream);
    return route && upstream && { route, upstream };
  }

  /** Of what no route takes. */
  #refusal(asked: Asked): { readonly status: number; readonly text: string } {
    if (!isWellFormed(asked.path)) return { status: 400, text: malformed };
    const text = `404 no service has a public_uri for ${hostOf(asked.authority) || 'this host'}${asked.path.replace(/\?.*/s, '')}`;
    return { status: 404, text };
  }

  #exchange(incoming: Incoming): void {
    const found = this.#route(incoming);
    const tracer = this.#tracer;
    const name = requestName(incoming.method, incoming.path, incoming.headers);
    if (found === undefined) {
      const { context } = tracer.start(incoming.headers, name);
      const hops = edgeHops(tracer, incoming, context, name, undefined);
      const { status, text } = this.#refusal(incoming);
      answer(incoming, status, text);
      hops?.ended({ status: `${status}`, succeeded: true });
      return;
    }
    const { route, upstream } = found;
    const { spec } = upstream;
    const common = this.#common(incoming, route, upstream);
    const { context, headers } = tracer.start(common.headers, name);
    const hops = edgeHops(tracer, incoming, context, name, { service: spec.service, headers, route });
    const forwarding: Forwarding<Reachable> = {
      ...common,
      headers,
      ...(hops && { trace: hops.trace }),
      clock: this.#clock,
      timeouts: spec.timeouts,
      retries: spec.retries,
      budget: upstream.budget,
      observe: (seen) => {
        this.#edges.record(ingressCaller, spec.service, seen);
        hops?.ended(seen);
      },
    };
    void forward(incoming, forwarding);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const asked: Asked = {
      ...target(request.url ?? '/', headerValue(request.rawHeaders, 'host')),
      method: request.method ?? 'GET',
      headers: request.rawHeaders,
      remoteAddress: request.socket.remoteAddress ?? '127.0.0.1',
    };
    const found = this.#route(asked);
    const name = requestName(asked.method, asked.path, asked.headers);
    const seen = { ...asked, tls: () => clientTls(request.socket, 'http/1.1') };
    if (found === undefined) {
      const { context } = this.#tracer.start(asked.headers, name);
      const { status, text } = this.#refusal(asked);
      edgeHops(this.#tracer, seen, context, name, undefined)?.ended({ status: `${status}`, succeeded: true });
      refuseRaw(request, socket, status, text);
      return;
    }
    const { service, timeouts } = found.upstream.spec;
    const { idle } = timeouts;
    const common = this.#common(asked, found.route, found.upstream);
    const { context, headers } = this.#tracer.start(common.headers, name);
    const hops = edgeHops(this.#tracer, seen, context, name, { service, headers, route: found.route });
    void forwardUpgrade(request, socket, head, {
      ...common,
      headers,
      ...(hops && { trace: hops.trace, told: hops.told, ended: hops.ended }),
      idleMs: idle === undefined ? 3_600_000 : idle * 1000,
      observe: this.#edges.ofConnection(ingressCaller, service, this.#clock),
    });
  }

  #common(asked: Asked, route: IngressRoute, upstream: LiveUpstream) {
    const { spec } = upstream;
    const wanted = spec.sticky === undefined ? undefined : stickyReplica(asked.headers, spec.key);
    const prefer = preference(asked, upstream, wanted);
    return {
      service: spec.service,
      path: rewritten(route, asked.path),
      headers: withForwarded(asked.headers, {
        authority: asked.authority,
        remoteAddress: asked.remoteAddress,
        httpsPort: this.#settings.httpsPort,
        requestId: () => randomBytes(16).toString('hex'),
      }),
      idleMs: idleMsOf(spec.protocol),
      withhold: withheld,
      pick: (tried: ReadonlySet<Destination>) => upstream.pick(ingressCaller, tried, prefer),
      more: (chosen: { replica: number }): RawHeaders => {
        if (spec.sticky === undefined || chosen.replica === wanted) return [];
        return ['Set-Cookie', stickyCookie(spec.key, chosen.replica, route.path, spec.sticky.maxAgeSeconds)];
      },
    };
  }
}

function preference(asked: Asked, upstream: LiveUpstream, wanted: number | undefined): Prefer | undefined {
  const { sticky, consistentHash } = upstream.spec;
  if (sticky !== undefined) return (candidates) => candidates.find((c) => c.replica === wanted);
  if (consistentHash === undefined) return undefined;
  const key = hashKey(consistentHash, { ...asked, target: asked.path });
  return key === '' ? undefined : (candidates) => rendezvous(key, candidates);
}

function secrets(settings: IngressSettings) {
  return { cert: settings.certificate, key: settings.key };
}
