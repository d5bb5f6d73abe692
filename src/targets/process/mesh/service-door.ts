/** The way of one caller to one upstream: any protocol in, balanced over its replicas. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../system/system.ts';
import type { LiveEndpoint } from './endpoint.ts';
import { forward } from './forward.ts';
import { HttpFront } from './http-front.ts';
import type { Incoming } from './incoming.ts';
import { target } from './incoming-http1.ts';
import { endToEnd } from './raw-headers.ts';
import { sniff } from './sniff.ts';
import { dial, tunnel } from './tunnel.ts';
import { forwardUpgrade } from './upgrade.ts';
import type { LiveUpstream } from './upstream.ts';

/** Milliseconds without a byte: as the ingress, so that a call behaves the same from inside and outside. */
const idleMs = { http: 60_000, grpc: 3_600_000, websocket: 3_600_000, tcp: 0 } as const;

export class ServiceDoor {
  readonly #clock: Clock;
  readonly #upstream: LiveUpstream;
  readonly #front: HttpFront;
  /** Connections that have said nothing so far. */
  readonly #silent = new Set<Duplex>();

  constructor(clock: Clock, upstream: LiveUpstream) {
    this.#clock = clock;
    this.#upstream = upstream;
    this.#front = new HttpFront({
      exchange: (incoming) => this.exchange(incoming),
      upgrade: (request, socket, head) => this.upgrade(request, socket, head),
    });
  }

  get upstream(): LiveUpstream {
    return this.#upstream;
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
    const { spec } = this.#upstream;
    void forward(incoming, {
      clock: this.#clock,
      service: spec.service,
      path: incoming.path,
      headers: endToEnd(incoming.headers),
      timeouts: spec.timeouts,
      retries: spec.retries,
      idleMs: idleMs[spec.protocol],
      pick: (tried) => this.#upstream.pick(tried),
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { spec } = this.#upstream;
    void forwardUpgrade(request, socket, head, {
      service: spec.service,
      path: target(request.url ?? '/', undefined).path,
      headers: endToEnd(request.rawHeaders),
      idleMs: spec.timeouts.idle === undefined ? idleMs.websocket : spec.timeouts.idle * 1000,
      pick: (tried) => this.#upstream.pick(tried),
    });
  }

  close(): void {
    this.#front.close();
    for (const socket of this.#silent) socket.destroy();
  }

  async #join(socket: Duplex): Promise<void> {
    socket.on('error', () => {});
    const tried = new Set<LiveEndpoint>();
    for (let next = this.#upstream.pick(tried); next !== undefined; next = this.#upstream.pick(tried)) {
      tried.add(next);
      const leave = next.enter();
      let upstream: Socket | undefined;
      try {
        upstream = await dial('127.0.0.1', next.port);
      } catch {
        // Refused: the next replica is asked, and the caller sees a closed connection when there is none.
        leave();
        continue;
      }
      const { idle } = this.#upstream.spec.timeouts;
      await tunnel(socket, upstream, idle === undefined ? 0 : idle * 1000);
      leave();
      return;
    }
    socket.destroy();
  }
}
