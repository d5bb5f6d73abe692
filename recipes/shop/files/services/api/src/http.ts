/** A small HTTP server on node:http: routes, probes at /live and /ready, one log line and one span a request, graceful close. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Log } from './log.ts';
import type { Span, Tracing } from './span.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Call {
  readonly request: IncomingMessage;
  readonly span: Span;
  /** Milliseconds since the request arrived. */
  elapsed(): number;
}

/** Keys are a method and a path, such as `GET /`. */
export type Routes = Readonly<Record<string, (call: Call) => Answer | Promise<Answer>>>;

/** Thrown by a route to answer with a status and a message that the caller may see. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: `${JSON.stringify(value, null, 2)}\n`,
});

const bodyLimit = 64 * 1024;

/** Reads a JSON body; throws HttpError 400 or 413. */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new HttpError(413, `The body is larger than ${bodyLimit} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new HttpError(400, 'The body is not JSON.', { cause: error });
  }
};

export interface HttpService {
  readonly server: Server;
  /** Refuses new connections, finishes requests under way. */
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly routes: Routes;
  /** False keeps traffic away, as long as what the service needs was never there. */
  readonly ready: () => boolean;
  readonly tracing: Tracing;
  readonly log: Log;
}

const probe = (path: string, ready: boolean): Answer | undefined => {
  if (path === '/live') return { status: 200, body: 'live\n' };
  if (path === '/ready') return ready ? { status: 200, body: 'ready\n' } : { status: 503, body: 'not ready\n' };
  return undefined;
};

const failure = (error: unknown): Answer =>
  error instanceof HttpError ? json({ error: error.message }, error.status) : json({ error: 'Internal error.' }, 500);

const answerWith = async (routes: Routes, key: string, call: Call, log: Log): Promise<Answer> => {
  try {
    const route = routes[key] ?? (key.startsWith('HEAD ') ? routes[key.replace('HEAD', 'GET')] : undefined);
    if (!route) throw new HttpError(404, `Nothing is here for ${key}.`);
    const answer = await route(call);
    call.span.set('http.response.status_code', answer.status);
    call.span.end();
    return answer;
  } catch (error) {
    const answer = failure(error);
    if (answer.status >= 500) log.error('request failed', error, { traceId: call.span.traceId });
    call.span.set('http.response.status_code', answer.status);
    call.span.end(answer.status >= 500 ? error : undefined);
    return answer;
  }
};

const send = (request: IncomingMessage, response: ServerResponse, answer: Answer, closing: boolean) => {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
    'content-length': body.length,
    ...(closing ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
};

/** Starts to listen. */
export const serveHttp = async (host: string, port: number, options: HttpOptions): Promise<HttpService> => {
  const { routes, ready, tracing, log } = options;
  let closing = false;
  const server = createServer(async (request, response) => {
    const started = performance.now();
    const path = request.url?.split('?', 1)[0] ?? '/';
    const probed = probe(path, ready() && !closing);
    if (probed) return send(request, response, probed, closing);
    const key = `${request.method} ${path}`;
    const span = tracing.start(key, 'server', request.headers.traceparent?.toString());
    const call: Call = { request, span, elapsed: () => performance.now() - started };
    const answer = await answerWith(routes, key, call, log);
    send(request, response, answer, closing);
    log.info('request', {
      method: request.method,
      path,
      status: answer.status,
      ms: round(call.elapsed()),
      traceId: span.traceId,
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    server,
    close: () => {
      closing = true;
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
};

/** Milliseconds with two decimals. */
export const round = (ms: number): number => Math.round(ms * 100) / 100;
