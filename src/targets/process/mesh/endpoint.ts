/** One replica of an upstream as we see it: its sidecar, what is under way to it, and each caller's connections. */
import type { SecureContext } from 'node:tls';
import type { Endpoint } from '../data-plane.ts';
import { type Dialer, meshDialer, plainDialer } from './dial.ts';
import { Load } from './load.ts';
import type { Attempt, OutgoingRequest } from './outgoing.ts';
import { Pool } from './pool.ts';

/** Where an attempt goes: a replica, or a host that is not ours. */
export interface Destination {
  /** For messages, such as `replica 0 on port 4001`. */
  readonly label: string;
  /** A sidecar is on the other side, its identity proven. */
  readonly mtls: boolean;
  send(request: OutgoingRequest, te: string | undefined): Attempt;
  /** Counts something under way; the returned function ends it. */
  enter(): () => void;
  /** Closes connections that wait for a request. */
  closeIdle(): void;
  /** Measures an attempt; the returned function is called once, when its answer begins or it ends without one. */
  begin?(): (outcome: 'answered' | 'failed' | 'given up') => void;
}

/** A destination that connections can be opened to, for what is no request. */
export interface Reachable extends Destination {
  readonly replica: number;
  readonly dialer: Dialer;
}

/** What an endpoint needs of the rest of the mesh. */
export interface Sidecar {
  /** On 127.0.0.1, where the replica's sidecar takes mTLS. */
  readonly port: number;
  renewed(): void;
  destroy(): void;
}

export interface EndpointParts {
  readonly service: string;
  readonly speaksHttp2: boolean;
  readonly sidecar: Sidecar;
  now(): number;
  contextOf(caller: string): SecureContext;
}

export class LiveEndpoint {
  readonly replica: number;
  readonly port: number;
  readonly label: string;
  readonly load = new Load();
  /** No new request goes to it. */
  draining = false;
  readonly #parts: EndpointParts;
  readonly #routes = new Map<string, Reachable & { readonly pool: Pool }>();
  readonly #waiting = new Set<() => void>();
  #pending = 0;

  constructor({ replica, port }: Endpoint, parts: EndpointParts) {
    this.replica = replica;
    this.port = port;
    this.label = `replica ${replica} on port ${port}`;
    this.#parts = parts;
  }

  get pending(): number {
    return this.#pending;
  }

  get sidecar(): Sidecar {
    return this.#parts.sidecar;
  }

  /** The same object for the same caller, with connections of its own. */
  from(caller: string): Reachable {
    const known = this.#routes.get(caller);
    if (known !== undefined) return known;
    const { service, sidecar, speaksHttp2, contextOf, now } = this.#parts;
    const dialer = meshDialer(sidecar.port, service, () => contextOf(caller));
    const pool = new Pool(dialer, speaksHttp2);
    const route = {
      pool,
      dialer,
      replica: this.replica,
      label: this.label,
      mtls: true,
      send: (request: OutgoingRequest, te: string | undefined): Attempt => pool.send(request, te),
      enter: () => this.enter(),
      closeIdle: () => pool.closeIdle(),
      begin: () => {
        const end = this.load.begin(now());
        return (outcome: 'answered' | 'failed' | 'given up') => end(now(), outcome);
      },
    };
    this.#routes.set(caller, route);
    return route;
  }

  enter(): () => void {
    this.#pending += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#pending -= 1;
      if (this.#pending > 0) return;
      for (const act of this.#waiting) act();
      this.#waiting.clear();
    };
  }

  /** Resolves when nothing is under way. */
  quiet(): Promise<void> {
    return this.#pending === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.add(resolve));
  }

  closeIdle(): void {
    for (const { pool } of this.#routes.values()) pool.closeIdle();
  }

  /** New leaves are there: from now on everything connects with them. */
  renewed(): void {
    this.#parts.sidecar.renewed();
    for (const { pool } of this.#routes.values()) pool.refresh();
  }

  /** Ends all connections, those in use too. */
  destroy(): void {
    for (const { pool } of this.#routes.values()) pool.destroy();
    this.#parts.sidecar.destroy();
  }
}

/** The app itself behind its sidecar, without TLS on its own loopback port. */
export function appBehind({ replica, port }: Endpoint, speaksHttp2: boolean): Reachable & { readonly pool: Pool } {
  const dialer = plainDialer(port);
  const pool = new Pool(dialer, speaksHttp2);
  return {
    pool,
    dialer,
    replica,
    label: `replica ${replica} on port ${port}`,
    mtls: false,
    send: (request, te) => pool.send(request, te),
    enter: () => () => {},
    closeIdle: () => pool.closeIdle(),
  };
}
