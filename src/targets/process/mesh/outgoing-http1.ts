/** An attempt over HTTP/1, on a kept-alive connection where there is one. */
import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { type Attempt, AttemptFailure, type OutgoingRequest, type Reply } from './outgoing.ts';
import { headerValue, pairs } from './raw-headers.ts';

const usuallyBodyless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** The fields with the framing made explicit, so that Node adds none by guessing from the method. */
export function framed(method: string, headers: readonly string[], hasBody: boolean): string[] {
  const list = [...headers];
  if (headerValue(list, 'content-length') !== undefined) return list;
  if (hasBody) list.push('Transfer-Encoding', 'chunked');
  else if (!usuallyBodyless.has(method)) list.push('Content-Length', '0');
  return list;
}

function asReply(response: IncomingMessage): Reply {
  let broken = 0;
  // A connection that ends early is an 'error' here; 2 is INTERNAL_ERROR.
  response.on('error', () => {
    broken = 2;
  });
  return {
    status: response.statusCode ?? 502,
    message: response.statusMessage,
    headers: response.rawHeaders,
    trailers: response.headers.trailer !== undefined,
    body: response,
    ended: false,
    trailersSent: () => response.rawTrailers,
    lost: () => !response.complete,
    brokenBy: () => (response.complete ? 0 : broken || 2),
  };
}

export function sendHttp1(address: { host: string; port: number }, agent: Agent, request: OutgoingRequest): Attempt {
  const outgoing = httpRequest({
    host: address.host,
    port: address.port,
    agent,
    method: request.method,
    path: request.path,
    headers: framed(request.method, request.headers, request.hasBody),
    timeout: request.idleMs,
    setHost: false,
  });
  let connected = false;
  let timedOut = false;
  outgoing.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => (connected = true));
    else connected = true;
  });
  outgoing.on('timeout', () => {
    timedOut = true;
    outgoing.destroy(new Error('no answer in time'));
  });
  outgoing.on('continue', () => request.onInterim(100, []));
  outgoing.on('information', (info) => {
    if (info.statusCode !== 100) request.onInterim(info.statusCode, info.rawHeaders);
  });
  const reply = new Promise<Reply>((resolve, reject) => {
    outgoing.on('response', (response) => resolve(asReply(response)));
    outgoing.on('error', (error) => {
      const stage = !connected ? 'connect' : outgoing.reusedSocket ? 'reused' : 'sent';
      reject(new AttemptFailure(stage, timedOut, error.message));
    });
    // An upstream that switches protocols unasked breaks HTTP.
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new AttemptFailure('sent', false, 'switched protocols unasked'));
    });
  });
  if (!request.hasBody) outgoing.end();
  return {
    reply,
    sink: outgoing,
    finish(trailers) {
      if (trailers.length > 0) outgoing.addTrailers(pairs(trailers));
      outgoing.end();
    },
    abort: () => void outgoing.destroy(),
  };
}
