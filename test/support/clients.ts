/** Small real clients for tests. */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as netConnect } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly rawTrailers: string[];
  readonly body: string;
}

export interface Edge {
  readonly httpsPort: number;
  readonly ca: string;
}

export async function collect(response: IncomingMessage): Promise<Answer> {
  let body = '';
  for await (const chunk of response.setEncoding('latin1')) body += chunk;
  const { statusCode = 0, headers, rawHeaders, rawTrailers } = response;
  return { status: statusCode, headers, rawHeaders, rawTrailers, body };
}

/** One HTTP/1.1 request through the ingress. */
export function ask(
  edge: Edge,
  path: string,
  options: {
    method?: string;
    headers?: OutgoingHttpHeaders | string[];
    body?: string | Buffer;
    host?: string;
    servername?: string;
  } = {},
): Promise<Answer> {
  const host = options.host ?? 'back.localhost';
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      host: '127.0.0.1',
      port: edge.httpsPort,
      servername: options.servername ?? 'back.localhost',
      ca: edge.ca,
      path,
      method: options.method ?? 'GET',
      agent: false,
      headers: Array.isArray(options.headers)
        ? (options.headers as unknown as OutgoingHttpHeaders)
        : { host, ...options.headers },
    });
    request.on('response', (response) => collect(response).then(resolve, reject));
    request.on('error', reject);
    request.end(options.body);
  });
}

/** A TLS connection to the ingress that speaks HTTP/1.1 by hand. */
export function rawEdge(edge: Edge): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({
      host: '127.0.0.1',
      port: edge.httpsPort,
      servername: 'back.localhost',
      ca: edge.ca,
      ALPNProtocols: ['http/1.1'],
    });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends bytes to a port of 127.0.0.1 and reads until the text matches. */
export function talk(port: number, text: string, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = netConnect(port, '127.0.0.1', () => socket.write(text));
    let seen = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      seen += chunk;
      if (!until.test(seen)) return;
      socket.destroy();
      resolve(seen);
    });
    socket.on('error', reject);
    socket.on('close', () => (until.test(seen) ? undefined : reject(new Error(`closed after: ${seen}`))));
  });
}
