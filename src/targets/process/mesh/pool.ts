/** Kept connections from one caller to one place, HTTP/1 or HTTP/2, so that a request costs no handshake. */
import { Agent } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Duplex } from 'node:stream';
import { type Dialer, dialled } from './dial.ts';
import { type Attempt, AttemptFailure, type OutgoingRequest } from './outgoing.ts';
import { sendHttp1 } from './outgoing-http1.ts';
import { sendHttp2 } from './outgoing-http2.ts';

/** Streams on one HTTP/2 connection before another is opened; servers commonly allow 100. */
const streamsPerSession = 100;
/** Bytes that a stream may send ahead of its reader. */
const streamWindow = 512 * 1024;
/** Milliseconds that an idle connection is kept, as nginx does. */
const keepIdleMs = 60_000;

/** Hands out connections only when they are ready: a failure before that is one in which nothing was sent. */
class DialingAgent extends Agent {
  readonly #dialer: Dialer;
  #ended = false;

  constructor(dialer: Dialer) {
    super({ keepAlive: true, maxFreeSockets: 256, timeout: keepIdleMs });
    this.#dialer = dialer;
  }

  override createConnection(_options: unknown, ready?: (error: Error | null, stream: Duplex) => void): undefined {
    dialled(this.#dialer, 'http/1.1').then(
      (socket) => {
        if (this.#ended) socket.destroy();
        else ready?.(null, socket.setTimeout(keepIdleMs));
      },
      (error: Error) => ready?.(error, undefined as never),
    );
    return undefined;
  }

  override destroy(): void {
    this.#ended = true;
    super.destroy();
  }

  /** Keeps no connection any longer than its request. */
  retire(): void {
    this.maxFreeSockets = 0;
    this.closeIdle();
  }

  closeIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

export class Pool {
  readonly dialer: Dialer;
  readonly #speaksHttp2: boolean;
  #agent: DialingAgent;
  readonly #retired = new Set<DialingAgent>();
  readonly #sessions = new Map<ClientHttp2Session, number>();
  /** Sessions that take no further request, and end with those under way. */
  readonly #leaving = new Set<ClientHttp2Session>();

  constructor(dialer: Dialer, speaksHttp2: boolean) {
    this.dialer = dialer;
    this.#speaksHttp2 = speaksHttp2;
    this.#agent = new DialingAgent(dialer);
  }

  send(request: OutgoingRequest, te: string | undefined): Attempt {
    if (!this.#speaksHttp2) return sendHttp1({ host: '127.0.0.1', port: 80 }, this.#agent, request);
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
    this.#agent.closeIdle();
    for (const [session, streams] of this.#sessions) if (streams === 0) session.close();
  }

  /** The next requests take new connections; those under way end where they are. */
  refresh(): void {
    this.#agent.retire();
    this.#retired.add(this.#agent);
    this.#agent = new DialingAgent(this.dialer);
    for (const session of this.#sessions.keys()) {
      this.#leaving.add(session);
      session.once('close', () => this.#leaving.delete(session));
      session.close();
    }
    this.#sessions.clear();
  }

  /** Ends all connections, those in use too. */
  destroy(): void {
    for (const agent of [this.#agent, ...this.#retired]) agent.destroy();
    for (const session of [...this.#sessions.keys(), ...this.#leaving]) session.destroy();
    this.#sessions.clear();
  }

  #session(): ClientHttp2Session {
    for (const [session, streams] of this.#sessions) {
      const allowed = Math.min(streamsPerSession, session.remoteSettings?.maxConcurrentStreams ?? streamsPerSession);
      if (streams < allowed && !session.closed && !session.destroyed) return session;
    }
    const session = connect('http://127.0.0.1', {
      createConnection: () => this.dialer.open('h2'),
      settings: { initialWindowSize: streamWindow },
    });
    const forget = (): void => void this.#sessions.delete(session);
    // The streams of the session tell the error to their requests.
    session.on('error', forget).on('goaway', forget).on('close', forget);
    session.once('connect', () => session.setLocalWindowSize(16 * streamWindow));
    this.#sessions.set(session, 0);
    return session;
  }
}
