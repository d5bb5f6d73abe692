/** Speaks HTTP/1 and HTTP/2 on connections that somebody else accepted. */
import { Server as Http1Server, type IncomingMessage, ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Incoming } from './incoming.ts';
import { incomingHttp1 } from './incoming-http1.ts';
import { incomingHttp2 } from './incoming-http2.ts';
import { endToEnd, headBytes, type RawHeaders } from './raw-headers.ts';

export interface FrontActs {
  exchange(incoming: Incoming): void;
  /** A WebSocket or another protocol switch. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** A proxy's CONNECT; without it the method is refused. */
  connect?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Milliseconds that a client's idle connection is kept, as nginx does. */
const keepIdleMs = 75_000;
const maxHeaderBytes = 64 * 1024;

export class HttpFront {
  readonly #http1: Http1Server;
  readonly #http2: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Connections without a request so far. */
  readonly #fresh = new Set<Duplex>();
  #closing = false;

  constructor(acts: FrontActs) {
    this.#http1 = new Http1Server({
      keepAliveTimeout: keepIdleMs,
      requestTimeout: 0,
      maxHeaderSize: maxHeaderBytes,
      // HTTP/1.0 clients send none, and routes for any host are theirs too.
      requireHostHeader: false,
    });
    const exchange = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
      this.#fresh.delete(request.socket);
      if (this.#closing) response.shouldKeepAlive = false;
      response.once('close', () => this.#closing && this.#http1.closeIdleConnections());
      acts.exchange(incomingHttp1(request, response, expectsContinue));
    };
    this.#http1.on('request', (request, response) => exchange(request, response, false));
    this.#http1.on('checkContinue', (request, response) => exchange(request, response, true));
    this.#http1.on('upgrade', (request, socket, head) => this.#upgrade(acts, request, socket, head));
    this.#http1.on('connect', (request, socket, head) => {
      this.#fresh.delete(socket);
      socket.on('error', () => {});
      if (acts.connect === undefined) refuseRaw(request, socket, 405, '405 CONNECT is for proxies');
      else acts.connect(request, socket, head);
    });
    this.#http1.on('clientError', refuseMalformed);
    this.#http2 = createHttp2Server({
      maxHeaderListPairs: 512,
      settings: { initialWindowSize: 512 * 1024, maxConcurrentStreams: 256, maxHeaderListSize: maxHeaderBytes },
    });
    this.#http2.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
      session.on('error', () => {});
      session.setLocalWindowSize(8 * 1024 * 1024);
    });
    this.#http2.on(
      'stream',
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: RawHeaders) => {
        acts.exchange(incomingHttp2(stream, headers, raw));
      },
    );
    this.#http2.on('sessionError', () => {});
  }

  /** Takes over a connection. Bytes already read must have been put back with `unshift`. */
  accept(socket: Duplex, version: 1 | 2): void {
    socket.on('error', () => {});
    if (version === 1) {
      this.#fresh.add(socket);
      socket.once('close', () => this.#fresh.delete(socket));
      this.#http1.emit('connection', socket);
      return;
    }
    // HTTP/2 has no half-closed connections: the session must see the end.
    socket.allowHalfOpen = false;
    this.#http2.emit('connection', socket);
  }

  /** Takes no further request on open connections; those under way go on (GOAWAY, Connection: close). */
  close(): void {
    this.#closing = true;
    for (const socket of this.#fresh) socket.destroy();
    this.#http1.closeIdleConnections();
    for (const session of this.#sessions) session.close();
  }

  #upgrade(acts: FrontActs, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#fresh.delete(socket);
    socket.on('error', () => {});
    if (!/^h2c\b/i.test(request.headers.upgrade ?? '')) {
      acts.upgrade(request, socket, head);
      return;
    }
    // An offer of HTTP/2 may be ignored (RFC 9110, 7.8), and its request is an ordinary one, perhaps with a body.
    const fields = [...endToEnd(request.rawHeaders)];
    const coding = request.headers['transfer-encoding'];
    if (coding !== undefined) fields.push('Transfer-Encoding', coding);
    socket.unshift(Buffer.concat([headBytes(`${request.method} ${request.url} HTTP/1.1`, fields), head]));
    this.accept(socket, 1);
  }
}

/** An answer on a connection that left HTTP by CONNECT or Upgrade; the connection ends with it. */
export function respondRaw(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.on('error', () => {});
  response.shouldKeepAlive = false;
  response.assignSocket(socket as never);
  response.once('finish', () => socket.end());
  return response;
}

export function refuseRaw(
  request: IncomingMessage,
  socket: Duplex,
  status: number,
  text: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const response = respondRaw(request, socket);
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text) + 1,
    ...more,
  });
  response.end(`${text}\n`);
}

function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
