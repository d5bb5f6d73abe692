/** One request to the ingress of this machine, with its own trace, and what its sender saw: name, connection, TLS, answer. */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Sent, ShownCertificate, TraceSource } from '../engine/trace.ts';
import { UserError } from '../errors.ts';
import type { Clock } from '../system/system.ts';

export interface Request {
  readonly method: string;
  readonly url: URL;
  /** name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
}

const longestBody = 2000;

/** Dials 127.0.0.1 with the URL's name in TLS and Host. Throws UserError `ingress-silent`. */
export async function sendTraced(
  asked: Request,
  traceparent: string,
  ingress: TraceSource['ingress'],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Sent> {
  const secure = asked.url.protocol === 'https:';
  const port = asked.url.port === '' ? (secure ? ingress.httpsPort : ingress.httpPort) : Number(asked.url.port);
  const ca = secure ? await readFile(ingress.authorityFile, 'utf8') : '';
  const began = clock.monotonic();
  const since = () => clock.monotonic() - began;
  const dns = await resolved(asked.url.hostname, since);
  const seen: { -readonly [K in keyof Sent]?: Sent[K] } = {};
  const send = secure ? httpsRequest : httpRequest;
  const outgoing = send({
    host: '127.0.0.1',
    port,
    method: asked.method,
    path: `${asked.url.pathname}${asked.url.search}`,
    headers: fields(asked, traceparent),
    setHost: false,
    agent: false,
    signal,
    ...(secure && { ca, servername: asked.url.hostname, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }),
  });
  outgoing.once('socket', (socket) => observe(socket, seen, since));
  const response = await answered(outgoing, asked.body, port);
  const firstByteAt = since();
  const { bytes, text } = await read(response);
  const status = response.statusCode ?? 0;
  return {
    method: asked.method,
    url: asked.url.href,
    dns,
    dialled: `127.0.0.1:${port}`,
    connectedAt: seen.connectedAt ?? 0,
    ...(seen.tls && { tls: seen.tls }),
    firstByteAt,
    endedAt: since(),
    status,
    bytes,
    ...(status >= 400 && { body: text }),
  };
}

async function resolved(name: string, since: () => number): Promise<Sent['dns']> {
  const began = since();
  const plain = name.replace(/^\[(.*)\]$/, '$1');
  // A name that the system does not know is an answer too: the connection goes to 127.0.0.1 all the same.
  const found = await lookup(plain, { all: true }).catch(() => []);
  return { name: plain, addresses: found.map(({ address }) => address), ms: since() - began };
}

function fields({ url, headers, body }: Request, traceparent: string): string[] {
  const has = (name: string) => headers.some((field, i) => i % 2 === 0 && field.toLowerCase() === name);
  const list = [...(has('host') ? [] : ['Host', url.host]), ...headers, 'traceparent', traceparent];
  // Linkerd's proxies note this one and not `traceparent`.
  if (!has('x-request-id')) list.push('X-Request-ID', traceparent.split('-')[1] ?? '');
  if (!has('user-agent')) list.push('User-Agent', 'opta-trace');
  if (!has('accept')) list.push('Accept', '*/*');
  if (body !== undefined && !has('content-length')) list.push('Content-Length', `${body.length}`);
  if (body !== undefined && !has('content-type')) list.push('Content-Type', typeOf(body));
  list.push('Connection', 'close');
  return list;
}

const typeOf = (body: Buffer): string =>
  /^\s*[[{]/.test(body.subarray(0, 100).toString()) ? 'application/json' : 'application/x-www-form-urlencoded';

function observe(socket: Socket, seen: { -readonly [K in keyof Sent]?: Sent[K] }, since: () => number): void {
  socket.once('connect', () => {
    seen.connectedAt = since();
  });
  socket.once('secureConnect', () => {
    const secured = socket as TLSSocket;
    seen.tls = {
      version: secured.getProtocol() ?? 'unknown',
      protocol: secured.alpnProtocol || 'http/1.1',
      cipher: secured.getCipher().standardName,
      doneAt: since(),
      certificate: shown(secured.getPeerCertificate(), secured.authorized),
    };
  });
}

function shown(certificate: PeerCertificate, verified: boolean): ShownCertificate {
  const common = ({ CN, O }: { CN?: string | string[]; O?: string | string[] } = {}) =>
    [CN ?? O ?? ''].flat().join(', ');
  return {
    subject: common(certificate.subject),
    names: (certificate.subjectaltname ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, '')),
    issuer: common(certificate.issuer),
    validTo: Date.parse(certificate.valid_to),
    verified,
  };
}

function answered(outgoing: ClientRequest, body: Buffer | undefined, port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') return reject(error);
      reject(
        new UserError('ingress-silent', `127.0.0.1:${port} gave no answer: ${error.message}`, {
          hints: ['`opta dev status` shows the addresses of what runs.'],
          cause: error,
        }),
      );
    });
    outgoing.end(body);
  });
}

async function read(response: IncomingMessage): Promise<{ bytes: number; text: string }> {
  let bytes = 0;
  let text = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (text.length < longestBody) text += chunk.toString('utf8');
  }
  return { bytes, text: text.slice(0, longestBody) };
}
