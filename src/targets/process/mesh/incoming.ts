/** One request that a client sent us, the same shape for HTTP/1 and HTTP/2, and our own answers to it. */
import type { Duplex, Readable, Writable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { headerValue, type RawHeaders } from './raw-headers.ts';

export interface ReplyHead {
  readonly status: number;
  readonly message?: string | undefined;
  readonly headers: RawHeaders;
  /** The upstream may send trailers. */
  readonly trailers: boolean;
}

export interface ClientTls {
  /** `TLSv1.3`. */
  readonly version: string;
  /** Agreed on by ALPN. */
  readonly protocol: string;
  readonly serverName?: string;
}

export interface Incoming {
  readonly version: 1 | 2;
  readonly method: string;
  /** host[:port] as the client wrote it. */
  readonly authority: string;
  /** Path and query; absolute form has been taken apart. */
  readonly path: string;
  /** The request target was a full URL, as proxies get it. */
  readonly absolute: boolean;
  /** Without pseudo fields; `Host` included. */
  readonly headers: RawHeaders;
  /** undefined when the request has none. */
  readonly body: Readable | undefined;
  readonly remoteAddress: string;
  readonly expectsContinue: boolean;
  readonly responded: boolean;
  /** How the client's connection is secured; undefined when it is not. */
  tls(): ClientTls | undefined;
  /** Known when the body has ended. */
  trailers(): RawHeaders;
  /** An interim answer (1xx). */
  inform(status: number, headers: RawHeaders): void;
  /** Sends the head; with `bodyless` the answer is complete. */
  respond(head: ReplyHead, bodyless: boolean): Writable;
  /** Sends what is buffered of the head now. */
  flush(): void;
  finish(trailers: RawHeaders): void;
  /** Breaks the answer off. `code` is an HTTP/2 error code. */
  reset(code: number): void;
  /** Calls `act` once when the client goes away before the answer is complete. */
  onGone(act: (code: number) => void): void;
}

const grpcStatus: Readonly<Record<number, number>> = { 400: 3, 403: 7, 404: 12, 502: 14, 503: 14, 504: 4 };

function isGrpc(incoming: Incoming): boolean {
  return incoming.version === 2 && (headerValue(incoming.headers, 'content-type') ?? '').startsWith('application/grpc');
}

/** Answers by ourselves, in plain text; a gRPC caller gets the same as a status it shows. */
export function answer(incoming: Incoming, status: number, text: string, more: RawHeaders = []): void {
  if (incoming.responded) {
    incoming.reset(2);
    return;
  }
  incoming.body?.on('error', () => {}).resume();
  if (isGrpc(incoming)) {
    // Percent encoding as gRPC has it: only what is not plain ASCII, and the per cent sign.
    const message = text.replace(/[^\x20-\x24\x26-\x7e]/g, encodeURIComponent);
    const headers = ['content-type', 'application/grpc', 'grpc-status', `${grpcStatus[status] ?? 2}`];
    incoming.respond({ status: 200, headers: [...headers, 'grpc-message', message], trailers: false }, true);
    return;
  }
  const body = Buffer.from(`${text}\n`);
  // Linkerd's word for an answer that comes from a proxy and not from the app.
  const said = ['l5d-proxy-error', text.replace(/[^\x20-\x7e]/g, ' ')];
  const headers = ['content-type', 'text/plain; charset=utf-8', 'content-length', `${body.length}`, ...said, ...more];
  const bodyless = incoming.method === 'HEAD';
  const sink = incoming.respond({ status, headers, trailers: false }, bodyless);
  if (bodyless) return;
  sink.write(body);
  incoming.finish([]);
}

/** Of a socket, or of what HTTP/2 shows of one. */
export function clientTls(socket: Duplex | undefined, protocol: string): ClientTls | undefined {
  const secured = socket as (Partial<TLSSocket> & { readonly servername?: string | false }) | undefined;
  const version = secured?.encrypted ? secured.getProtocol?.() : undefined;
  if (!version) return undefined;
  return { version, protocol, ...(secured?.servername && { serverName: secured.servername }) };
}
