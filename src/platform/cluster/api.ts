/** Requests to a Kubernetes API server: one connection pool, retries of what did not reach it, errors as data. */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import type { Connection } from './kubeconfig.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SendOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the answer must be there; 30 s by default. */
  readonly timeoutMs?: number;
}

/** What the API server refused, in its words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Such as `NotFound` or `Invalid`; empty when the answer was no Status. */
  readonly reason: string;
  /** Of each wrong field. */
  readonly causes: readonly string[];

  constructor(status: number, reason: string, message: string, causes: readonly string[]) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.causes = causes;
  }
}

export interface Api {
  /** The answer, parsed when it is JSON, else its text. Throws ApiError for a refusal and UserError `cluster-unreachable` when there is no answer. */
  send(method: string, path: string, options?: SendOptions): Promise<unknown>;
  /** The answer as it arrives. Throws as `send` does. */
  open(path: string, query: Query, signal: AbortSignal | undefined): Promise<IncomingMessage>;
  close(): void;
}

/** Not sent, or answered by something in front of the server: trying again is safe for all that we send. */
const lostCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNABORTED',
]);
const busyStatus = new Set([429, 502, 503, 504]);
/** Milliseconds between tries: 3.1 s in all, longer than an API server's change of leader. */
const pauses = [100, 200, 400, 800, 1600];

interface Status {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

function apiError(status: number, answer: string): ApiError {
  let read: Status = {};
  try {
    read = JSON.parse(answer) as Status;
  } catch {
    return new ApiError(status, '', answer.trim().slice(0, 500) || `HTTP ${status}`, []);
  }
  const causes = (read.details?.causes ?? []).map(({ field, message }) =>
    field ? `${field}: ${message}` : `${message}`,
  );
  return new ApiError(status, read.reason ?? '', read.message ?? `HTTP ${status}`, causes);
}

function unreachable(server: URL, error: Error & { readonly code?: string }): UserError {
  const why = error.code ?? error.message;
  return new UserError('cluster-unreachable', `the Kubernetes API at ${server.host} does not answer (${why})`, {
    hints: ['See whether the cluster runs: `opta dev status`.', '`opta dev up` starts or mends it.'],
    cause: error,
  });
}

function pathOf(server: URL, path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return `${server.pathname.replace(/\/$/, '')}${path}${search === '' ? '' : `?${search}`}`;
}

export function openApi(system: System, { server, tls, headers, authorize }: Connection): Api {
  const secure = server.protocol === 'https:';
  // One connection a request under way, kept for the next: watches hold theirs for long.
  const agent = secure ? new Agent({ keepAlive: true, ...tls }) : new PlainAgent({ keepAlive: true });
  const ask = secure ? tlsRequest : plainRequest;

  async function once(method: string, path: string, options: SendOptions, sent: string | undefined) {
    const authorization = await authorize?.();
    return new Promise<IncomingMessage>((answered, failed) => {
      const asked = ask({
        agent: agent as Agent,
        host: server.hostname.replace(/^\[|\]$/g, ''),
        port: server.port || (secure ? 443 : 80),
        method,
        path: pathOf(server, path, options.query),
        headers: {
          ...headers,
          ...(authorization !== undefined && { authorization }),
          accept: options.accept ?? 'application/json, */*',
          ...(sent !== undefined && {
            'content-type': options.contentType ?? 'application/json',
            'content-length': Buffer.byteLength(sent),
          }),
        },
        ...(options.signal !== undefined && { signal: options.signal }),
      });
      asked.once('response', answered).once('error', failed);
      asked.end(sent);
    });
  }

  async function attempt(method: string, path: string, options: SendOptions, sent: string | undefined) {
    const late = new AbortController();
    const cancel = system.clock.after(options.timeoutMs ?? 30_000, () =>
      late.abort(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
    );
    const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
    try {
      const answer = await once(method, path, { ...options, signal }, sent);
      return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
    } catch (error) {
      throw late.signal.aborted && !options.signal?.aborted ? late.signal.reason : error;
    } finally {
      cancel();
    }
  }

  async function send(method: string, path: string, options: SendOptions = {}): Promise<unknown> {
    const sent = options.body === undefined ? undefined : JSON.stringify(options.body);
    for (let tried = 0; ; tried += 1) {
      const pause = pauses[tried];
      try {
        const { status, headers: said, body } = await attempt(method, path, options, sent);
        if (status < 300) return /json/.test(said['content-type'] ?? '') ? (JSON.parse(body) as unknown) : body;
        if (pause === undefined || !busyStatus.has(status)) throw apiError(status, body);
        await system.clock.sleep(Math.max(pause, Number(said['retry-after'] ?? 0) * 1000), options.signal);
      } catch (error) {
        if (options.signal?.aborted) throw options.signal.reason;
        if (error instanceof ApiError) throw error;
        const lost = error as Error & { readonly code?: string };
        if (pause === undefined || !lostCodes.has(lost.code ?? '')) throw unreachable(server, lost);
        await system.clock.sleep(pause, options.signal);
      }
    }
  }

  return {
    send,
    async open(path, query, signal) {
      let answer: IncomingMessage;
      try {
        answer = await once('GET', path, { query, signal }, undefined);
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        throw unreachable(server, error as Error);
      }
      if ((answer.statusCode ?? 0) >= 300) throw apiError(answer.statusCode ?? 0, await text(answer));
      return answer;
    },
    close: () => agent.destroy(),
  };
}
