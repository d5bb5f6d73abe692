/** A request that came over HTTP/1. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { clientTls, type Incoming, type ReplyHead } from './incoming.ts';
import { endToEnd, headBytes, headerValue, pairs, type RawHeaders } from './raw-headers.ts';

/** Host and path of a request target: absolute form (RFC 9112, 3.2.2) beats the Host field. */
export function target(url: string, host: string | undefined): { authority: string; path: string; absolute: boolean } {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url);
  if (absolute === null) return { authority: host ?? '', path: url, absolute: false };
  const authority = (absolute[1] as string).replace(/^.*@/, '');
  const rest = url.slice(absolute[0].length);
  return { authority, path: rest.startsWith('/') ? rest : `/${rest}`, absolute: true };
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** By hand: Node's own way to say 103 throws for links that are written in one field. */
function inform(response: ServerResponse, status: number, headers: RawHeaders): void {
  const { socket, req } = response;
  // Behind another answer there is no socket so far; clients of HTTP/1.0 know no interim answers.
  if (response.headersSent || response.destroyed || !socket?.writable || req.httpVersion === '1.0') return;
  if (status === 100) response.writeContinue();
  else socket.write(headBytes(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Interim'}`, endToEnd(headers)));
}

export function incomingHttp1(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Incoming {
  const { authority, path, absolute } = target(request.url ?? '/', headerValue(request.rawHeaders, 'host'));
  let continued = !expectsContinue;
  response.on('error', () => {});
  request.on('error', () => {});
  return {
    version: 1,
    method: request.method ?? 'GET',
    authority,
    path,
    absolute,
    headers: request.rawHeaders,
    body: hasBody(request) ? request : undefined,
    remoteAddress: request.socket.remoteAddress ?? '127.0.0.1',
    expectsContinue,
    get responded() {
      return response.headersSent;
    },
    tls: () => clientTls(request.socket, 'http/1.1'),
    trailers: () => request.rawTrailers,
    inform(status, headers) {
      if (status === 100) continued = true;
      inform(response, status, headers);
    },
    respond(head: ReplyHead, bodyless: boolean) {
      response.sendDate = false;
      // Without 100 the client may or may not send its body: only a closed connection is unambiguous.
      if (!continued) response.shouldKeepAlive = false;
      response.writeHead(head.status, head.message, head.headers as string[]);
      if (bodyless) response.end();
      return response;
    },
    flush: () => response.flushHeaders(),
    finish(trailers) {
      if (trailers.length > 0 && response.chunkedEncoding) response.addTrailers(pairs(trailers));
      response.end();
    },
    reset: () => void response.destroy(),
    onGone(act) {
      response.once('close', () => {
        if (!response.writableFinished) act(8);
      });
    },
  };
}
