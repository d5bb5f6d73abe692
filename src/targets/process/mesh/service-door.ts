/** The way of one caller to one upstream: any protocol in, balanced over its replicas, mTLS to their sidecars. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../system/system.ts';
import { outboundHops, rawHops } from '../tracing/hops.ts';
import { tunnelTraced } from '../tracing/raw-tunnel.ts';
import { requestName, type Tracer } from '../tracing/tracer.ts';
import type { Edges } from './edges.ts';
import type { Destination } from './endpoint.ts';
import { forward } from './forward.ts';
import { HttpFront } from './http-front.ts';
import type { Incoming } from './incoming.ts';
import { target } from './incoming-http1.ts';
import { endToEnd } from './raw-headers.ts';
import { sniff } from './sniff.ts';
import { dialThrough } from './tunnel.ts';
import { forwardUpgrade } from './upgrade.ts';
import type { LiveUpstream } from './upstream.ts';

/** Milliseconds without a byte: as the ingress, so that a call behaves the same from inside and outside. */
const idleMs = { http: 60_000, grpc: 3_600_000, websocket: 3_600_000, tcp: 0 } as const;

export interface DoorParts {
  readonly clock: Clock;
  readonly edges: Edges;
  readonly tracer: Tracer;
  readonly caller: string;
  readonly upstream: LiveUpstream;
}

export class ServiceDoor {
  readonly #parts: DoorParts;
  readonly #upstream: LiveUpstream;
  readonly #front: HttpFront;
  /** Connections that have said nothing so far. */
  readonly #silent = new Set<Duplex>();

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#upstream = parts.upstream;
    this.#front = new HttpFront({
      exchange: (incoming) => this.exchange(incoming),
      upgrade: (request, socket, head) => this.upgrade(request, socket, head),
    });
  }

  /** Takes a connection of which no byte was read. A tcp upstream is joined at once: its server may speak first. */
  accept(socket: Duplex): void {
    if (this.#upstream.spec.protocol === 'tcp') void this.#join(socket);
    else {
      this.#silent.add(socket);
      socket.once('close', () => this.#silent.delete(socket));
      sniff(socket, (spoken) => {
        this.#silent.delete(socket);
        if (spoken === 'other') void this.#join(socket);
        else this.#front.accept(socket, spoken === 'http2' ? 2 : 1);
      });
    }
  }

  exchange(incoming: Incoming): void {
    const { spec, budget } = this.#upstream;
    const { clock, caller, edges, tracer } = this.#parts;
    const headers = endToEnd(incoming.headers);
    const context = tracer.of(headers);
    const name = context && requestName(incoming.method, incoming.path, headers);
    void forward(incoming, {
      clock,
      service: spec.service,
      path: incoming.path,
      headers,
      ...(context && {
        trace: outboundHops(tracer, context, { caller, callee: spec.service, name: name ?? '', headers }),
      }),
      timeouts: spec.timeouts,
      retries: spec.retries,
      budget,
      idleMs: idleMs[spec.protocol],
      pick: (tried) => this.#upstream.pick(caller, tried),
      observe: (seen) => edges.record(caller, spec.service, seen),
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { spec } = this.#upstream;
    const { caller, edges, clock, tracer } = this.#parts;
    const headers = endToEnd(request.rawHeaders);
    const { path } = target(request.url ?? '/', undefined);
    const context = tracer.of(headers);
    const name = requestName(request.method ?? 'GET', path, headers);
    void forwardUpgrade(request, socket, head, {
      service: spec.service,
      path,
      headers,
      ...(context && { trace: outboundHops(tracer, context, { caller, callee: spec.service, name, headers }) }),
      idleMs: spec.timeouts.idle === undefined ? idleMs.websocket : spec.timeouts.idle * 1000,
      pick: (tried) => this.#upstream.pick(caller, tried),
      observe: edges.ofConnection(caller, spec.service, clock),
    });
  }

  close(): void {
    this.#front.close();
    for (const socket of this.#silent) socket.destroy();
  }

  async #join(socket: Duplex): Promise<void> {
    const { caller, edges, clock, tracer } = this.#parts;
    const { spec } = this.#upstream;
    const begin = rawHops(tracer, caller, spec.service);
    const observe = edges.ofConnection(caller, spec.service, clock);
    socket.on('error', () => {});
    const tried = new Set<Destination>();
    for (let next = this.#pick(tried); next !== undefined; next = this.#pick(tried)) {
      tried.add(next);
      const leave = next.enter();
      const traced = begin?.(next.replica);
      let upstream: Socket | undefined;
      try {
        upstream = await dialThrough(next.dialer, traced?.traceparent);
      } catch {
        // Refused: the next replica is asked, and the caller sees a closed connection when there is none.
        traced?.hop.end({ status: 'refused', failed: true });
        leave();
        continue;
      }
      observe({ switched: true });
      const idle = spec.timeouts.idle === undefined ? 0 : spec.timeouts.idle * 1000;
      observe(await tunnelTraced(socket, upstream, idle, traced?.hop));
      leave();
      return;
    }
    socket.destroy();
  }

  #pick(tried: ReadonlySet<Destination>) {
    return this.#upstream.pick(this.#parts.caller, tried);
  }
}
