/** The outbound proxy of one calling service: our names go to our services, everything else passes. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { missingLink } from '../../../app/identity.ts';
import type { Clock } from '../../../system/system.ts';
import type { DataPlaneConfig, Outbound } from '../data-plane.ts';
import { refusedHop } from '../tracing/hops.ts';
import type { Tracer } from '../tracing/tracer.ts';
import type { Edges } from './edges.ts';
import { forward } from './forward.ts';
import { HttpFront, refuseRaw } from './http-front.ts';
import { answer, type Incoming } from './incoming.ts';
import { target } from './incoming-http1.ts';
import { dialOutside, outsideDestination } from './parent-proxy.ts';
import { endToEnd, headBytes } from './raw-headers.ts';
import { ServiceDoor } from './service-door.ts';
import { tunnel } from './tunnel.ts';
import type { LiveUpstream } from './upstream.ts';
import type { Upstreams } from './upstreams.ts';

/** host[:port] taken apart; undefined when it is neither. */
export function hostAndPort(authority: string, defaultPort: number): { host: string; port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(authority);
  if (match === null) return undefined;
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  return { host: (match[1] ?? match[2] ?? '').toLowerCase().replace(/\.$/, ''), port };
}

type Way =
  | { readonly kind: 'ours'; readonly door: ServiceDoor }
  | { readonly kind: 'refused'; readonly status: 403 | 502; readonly text: string; readonly callee: string }
  | { readonly kind: 'outside' };

export interface OutboundParts {
  readonly clock: Clock;
  readonly upstreams: Upstreams;
  readonly edges: Edges;
  readonly tracer: Tracer;
}

export class OutboundProxy {
  config: Outbound;
  parent: DataPlaneConfig['parentProxy'];
  readonly #clock: Clock;
  readonly #upstreams: Upstreams;
  readonly #edges: Edges;
  readonly #tracer: Tracer;
  readonly #front: HttpFront;
  readonly #doors = new Map<LiveUpstream, ServiceDoor>();

  constructor(parts: OutboundParts, config: Outbound, parent: DataPlaneConfig['parentProxy']) {
    this.#clock = parts.clock;
    this.config = config;
    this.parent = parent;
    this.#upstreams = parts.upstreams;
    this.#edges = parts.edges;
    this.#tracer = parts.tracer;
    this.#front = new HttpFront({
      exchange: (incoming) => this.#exchange(incoming),
      upgrade: (request, socket, head) => void this.#upgrade(request, socket, head),
      connect: (request, socket, head) => void this.#connect(request, socket, head),
    });
  }

  acceptProxy(socket: Socket): void {
    this.#front.accept(socket, 1);
  }

  /** A `direct` listener's connection. */
  acceptDirect(key: string, socket: Socket): void {
    const upstream = this.#upstreams.byKey(key);
    if (upstream === undefined) socket.destroy();
    else this.#door(upstream).accept(socket);
  }

  close(): void {
    this.#front.close();
    for (const door of this.#doors.values()) door.close();
  }

  #door(upstream: LiveUpstream): ServiceDoor {
    const known = this.#doors.get(upstream);
    if (known !== undefined) return known;
    const door = new ServiceDoor({
      clock: this.#clock,
      edges: this.#edges,
      tracer: this.#tracer,
      caller: this.config.service,
      upstream,
    });
    this.#doors.set(upstream, door);
    return door;
  }

  #way(host: string, port: number): Way {
    const found = this.#upstreams.byName(host, port);
    if (found === undefined) return { kind: 'outside' };
    if (found.upstream === undefined) {
      const text = `502 ${host} has no port ${port}; it has ${found.ports.join(', ')}`;
      return { kind: 'refused', status: 502, text, callee: host };
    }
    const { spec } = found.upstream;
    if (this.config.allowed !== undefined && !this.config.allowed.includes(spec.key)) {
      this.#edges.refuse(this.config.service, spec.service);
      const text = missingLink(this.config.service, spec.service);
      return { kind: 'refused', status: 403, text, callee: spec.service };
    }
    return { kind: 'ours', door: this.#door(found.upstream) };
  }

  #exchange(incoming: Incoming): void {
    const address = hostAndPort(incoming.authority, 80);
    const way = address && this.#way(address.host, address.port);
    if (address === undefined || way === undefined || (way.kind === 'outside' && !incoming.absolute)) {
      answer(incoming, 400, `400 this is the outbound proxy of ${this.config.service}: ask for a full URL`);
    } else if (way.kind === 'ours') way.door.exchange(incoming);
    else if (way.kind === 'refused') {
      const { status, text, callee } = way;
      refusedHop(this.#tracer, incoming, { caller: this.config.service, callee, status: `${status}`, words: text });
      answer(incoming, status, text);
    } else this.#forwardOutside(incoming, address);
  }

  #forwardOutside(incoming: Incoming, address: { readonly host: string; readonly port: number }): void {
    const destination = outsideDestination(this.parent, address.host, address.port);
    void forward(incoming, {
      clock: this.#clock,
      service: destination.label,
      path: incoming.path,
      headers: endToEnd(incoming.headers),
      timeouts: {},
      // The client's own time limit comes first.
      idleMs: 3_600_000,
      pick: (tried) => (tried.has(destination) ? undefined : destination),
    });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const asked = target(request.url ?? '/', request.headers.host);
    const address = hostAndPort(asked.authority, 80);
    const way = address && this.#way(address.host, address.port);
    if (address === undefined || way === undefined) return refuseRaw(request, socket, 400, '400 no host');
    if (way.kind === 'ours') return way.door.upgrade(request, socket, head);
    if (way.kind === 'refused') return this.#refuseRaw(request, socket, way);
    await this.#pass(request, socket, address, (upstream) => {
      const fields = [
        ...endToEnd(request.rawHeaders),
        'Connection',
        'Upgrade',
        'Upgrade',
        request.headers.upgrade ?? '',
      ];
      upstream.write(headBytes(`${request.method} ${asked.path} HTTP/1.1`, fields));
      upstream.write(head);
    });
  }

  async #connect(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const address = hostAndPort(request.url ?? '', 443);
    if (address === undefined) return refuseRaw(request, socket, 400, '400 CONNECT takes host:port');
    const way = this.#way(address.host, address.port);
    if (way.kind === 'refused') return this.#refuseRaw(request, socket, way);
    if (head.length > 0) socket.unshift(head);
    const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';
    if (way.kind === 'ours') {
      socket.write(established);
      return way.door.accept(socket);
    }
    await this.#pass(request, socket, address, () => void socket.write(established));
  }

  /** A connection that no request has come over yet, so its trace is not known. */
  #refuseRaw(request: IncomingMessage, socket: Duplex, { status, text }: Extract<Way, { kind: 'refused' }>): void {
    this.#tracer.store.refuse({ at: this.#tracer.wall(), caller: this.config.service, words: text });
    refuseRaw(request, socket, status, text);
  }

  async #pass(
    request: IncomingMessage,
    socket: Duplex,
    address: { readonly host: string; readonly port: number },
    begin: (upstream: Duplex) => void,
  ): Promise<void> {
    let upstream: Duplex;
    try {
      upstream = await dialOutside(this.parent, address.host, address.port);
    } catch (error) {
      return refuseRaw(request, socket, 502, `502 ${address.host}:${address.port}: ${(error as Error).message}`);
    }
    begin(upstream);
    await tunnel(socket, upstream, 0);
  }
}
