/** One replica of an upstream as we see it: its connections, and how much is under way to it. */
import { Agent } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type Attempt, AttemptFailure, type OutgoingRequest } from './outgoing.ts';
import { sendHttp1 } from './outgoing-http1.ts';
import { sendHttp2 } from './outgoing-http2.ts';

/** Streams on one HTTP/2 connection before another is opened; servers commonly allow 100. */
const streamsPerSession = 100;
/** Bytes that a stream may send ahead of its reader. */
const streamWindow = 512 * 1024;
/** Milliseconds that an idle connection is kept, as nginx does. */
const keepIdleMs = 60_000;

/** Where an attempt goes: a replica, or a host that is not ours. */
export interface Destination {
  /** For messages, such as `replica 0 on port 4001`. */
  readonly label: string;
  send(request: OutgoingRequest, te: string | undefined): Attempt;
  /** Counts something under way; the returned function ends it. */
  enter(): () => void;
  /** Closes connections that wait for a request. */
  closeIdle(): void;
}

export class LiveEndpoint implements Destination {
  readonly replica: number;
  readonly port: number;
  readonly label: string;
  /** No new request goes to it. */
  draining = false;
  readonly #speaksHttp2: boolean;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 256, timeout: keepIdleMs });
  readonly #sessions = new Map<ClientHttp2Session, number>();
  readonly #waiting = new Set<() => void>();
  #pending = 0;

  constructor(replica: number, port: number, speaksHttp2: boolean) {
    this.replica = replica;
    this.port = port;
    this.label = `replica ${replica} on port ${port}`;
    this.#speaksHttp2 = speaksHttp2;
  }

  get pending(): number {
    return this.#pending;
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

  send(request: OutgoingRequest, te: string | undefined): Attempt {
    if (!this.#speaksHttp2) return sendHttp1({ host: '127.0.0.1', port: this.port }, this.#agent, request);
    const session = this.#session();
    let attempt: Attempt;
    try {
      attempt = sendHttp2(session, te, request);
    } catch (error) {
      this.#sessions.delete(session);
      throw new AttemptFailure('connect', false, (error as Error).message);
    }
    this.#sessions.set(session, (this.#sessions.get(session) ?? 0) + 1);
    attempt.sink.once('close', () => {
      const count = this.#sessions.get(session);
      if (count !== undefined) this.#sessions.set(session, count - 1);
    });
    return attempt;
  }

  closeIdle(): void {
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    for (const [session, streams] of this.#sessions) if (streams === 0) session.close();
  }

  /** Ends all connections, those in use too. */
  destroy(): void {
    this.#agent.destroy();
    for (const session of this.#sessions.keys()) session.destroy();
    this.#sessions.clear();
  }

  #session(): ClientHttp2Session {
    for (const [session, streams] of this.#sessions) {
      const allowed = Math.min(streamsPerSession, session.remoteSettings?.maxConcurrentStreams ?? streamsPerSession);
      if (streams < allowed && !session.closed && !session.destroyed) return session;
    }
    const session = connect(`http://127.0.0.1:${this.port}`, { settings: { initialWindowSize: streamWindow } });
    const forget = (): void => void this.#sessions.delete(session);
    // The streams of the session tell the error to their requests.
    session.on('error', forget).on('goaway', forget).on('close', forget);
    session.once('connect', () => session.setLocalWindowSize(16 * streamWindow));
    this.#sessions.set(session, 0);
    return session;
  }
}
