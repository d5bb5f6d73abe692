/** The recorded requests of the same-answers suite, and what counts of an answer. */

import { type IncomingMessage, request as plainRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as tlsRequest } from 'node:https';
import { connect as connectTls } from 'node:tls';

export interface Place {
  readonly httpsPort: number;
  readonly httpPort: number;
  /** Of requests that name none; that of the suite by default. */
  readonly host?: string;
}

export interface Recorded {
  readonly path: string;
  readonly method?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Asked over http. */
  readonly plain?: boolean;
}

/** Paths, prefixes, hosts, methods, statuses, redirects. */
export const recorded: readonly Recorded[] = [
  { path: '/' },
  { path: '/page?a=1&b=%2F' },
  // Not `//`, `..` and `%41` where no prefix goes: Traefik resolves them before the service sees them, the others only to find the route.
  { path: '/a%20b/c' },
  { path: '/a%2Fb/c?x=%2F&y=a+b&z' },
  { path: '/caf%C3%A9' },
  { path: '/a/b/' },
  { path: '/p;v=1,2:3@4!$&()*+=~' },
  { path: '/?only' },
  { path: '/*', method: 'OPTIONS' },
  { path: '/cross', method: 'OPTIONS', headers: { origin: 'https://a.test', 'access-control-request-method': 'PUT' } },
  { path: '/thing', method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } },
  { path: '/thing', method: 'PATCH', body: '{}' },
  { path: '/count', method: 'POST', body: 'x'.repeat(3_000_000) },
  { path: '/own', headers: { cookie: 'a=1; b=2', authorization: 'Bearer x', range: 'bytes=0-1', accept: 'text/html' } },
  { path: '/lies', headers: { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-port': '1', 'x-real-ip': '1.2.3.4' } },
  { path: '/big', method: 'HEAD' },
  { path: '/status/304' },
  { path: '/status/401' },
  { path: '/', method: 'HEAD' },
  { path: '/form', method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'text' },
  { path: '/thing', method: 'DELETE' },
  { path: '/headers', headers: { 'x-own': 'mine', 'x-forwarded-host': 'liar.test', 'x-forwarded-proto': 'http' } },
  { path: '/status/204' },
  { path: '/status/404' },
  { path: '/status/418' },
  { path: '/status/503' },
  { path: '/moved' },
  { path: '/cookies' },
  { path: '/chunks' },
  { path: '/big' },
  { path: '/api' },
  { path: '/api/' },
  { path: '/api/items?x=1' },
  { path: '/apis' },
  { path: '/API/items' },
  { path: '/api/a%2Fb%20c/caf%C3%A9?x=%2F' },
  { path: '/api//a/../b' },
  { path: '/%61pi/items' },
  { path: '/api', method: 'HEAD' },
  { path: '/api/moved' },
  { path: '/api?x=1' },
  { path: '/api/status/500' },
  { path: '/kept' },
  { path: '/kept/deep/er' },
  { path: '/keptlike' },
  { path: '/kept/' },
  { path: '/kept/a%20b?q' },
  { path: '/', host: 'own.same.localhost' },
  { path: '/deep', host: 'own.same.localhost' },
  { path: '/api/items', host: 'own.same.localhost' },
  { path: '/', host: 'part.same.localhost' },
  { path: '/part/of', host: 'part.same.localhost' },
  { path: '/part/', host: 'part.same.localhost' },
  { path: '/part', host: 'part.same.localhost' },
  { path: '/kept/x', host: 'part.same.localhost' },
  { path: '/part/of/it', host: 'PART.same.localhost' },
  { path: '/', host: 'unheard.localhost' },
  { path: '/api/items', host: 'unheard.localhost' },
  { path: '/nowhere', host: 'rpc.same.localhost', method: 'POST', headers: { 'content-type': 'text/plain' } },
  { path: '/linked' },
  { path: '/api/database' },
  // No escapes: whoever comes first refuses them.
  { path: '/bad%' },
  { path: '/%zz/a' },
  { path: '/api/%0' },
  { path: '/fine?bad%' },
  { path: '/bad%', plain: true },
  { path: '/where/to?x=1', plain: true },
  { path: '/post', plain: true, method: 'POST', body: 'text' },
  { path: '/', plain: true, host: 'own.same.localhost' },
  { path: '/a%2Fb/', plain: true, method: 'HEAD' },
  { path: '/x', plain: true, host: 'unheard.localhost' },
];

/** Said by whoever carries the answer, about one connection or moment. */
const passing = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

/** A development server may compile a page when it is first asked for, on a machine that has other things to do. */
const patienceMs = 90_000;

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export function titleOf({ method = 'GET', host = '', path, plain = false }: Recorded): string {
  return `${method} ${plain ? 'http' : 'https'} ${host}${path}`;
}

export function ask({ httpsPort, httpPort, host: usual = 'same.localhost' }: Place, asked: Recorded): Promise<Told> {
  const { path, method = 'GET', host = usual, headers = {}, body, plain = false } = asked;
  const port = plain ? httpPort : httpsPort;
  const place = { host: '127.0.0.1', port, path, method, agent: false as const, timeout: patienceMs };
  // Without a length, Node sends what follows a DELETE as if it were a request of its own.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const own = { host: `${host}:${port}`, ...length, ...headers };
  return new Promise((resolve, reject) => {
    const request = plain
      ? plainRequest({ ...place, headers: own })
      : tlsRequest({ ...place, headers: own, servername: host, rejectUnauthorized: false });
    request.on('response', async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      const kept = Object.entries(response.headers).filter(([name]) => !passing.has(name));
      resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(kept), body: text });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer to ${titleOf(asked)}`)));
    request.on('error', reject).end(body);
  });
}

/** Ports differ between the targets. */
export const withoutPorts = ({ httpsPort, httpPort }: Place, text: string): string =>
  text.replaceAll(String(httpsPort), 'HTTPS').replaceAll(String(httpPort), 'HTTP');

/** Upgrades to a websocket and has some bytes come back; the path that the service saw. */
export function upgrade({ httpsPort }: Place, path: string): Promise<string> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: same.localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      ...{ host: '127.0.0.1', port: httpsPort, servername: 'same.localhost' },
      ...{ rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
    });
    let seen = '';
    socket.on('secureConnect', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      const before = seen.includes('\r\n\r\n');
      seen += chunk;
      if (!before && seen.includes('\r\n\r\n')) socket.write('bytes that come back');
      if (!seen.endsWith('bytes that come back')) return;
      socket.destroy();
      resolve(`${seen.split('\r\n')[0]} ${/^x-url: (.*)$/im.exec(seen)?.[1]}`);
    });
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no upgrade: ${seen}`)));
    socket.on('error', reject);
  });
}

/** The first event of a stream is there while the second is still to come. */
export async function stream(place: Place, path: string, name: string): Promise<string> {
  const { httpsPort: port } = place;
  const { response, chunks } = await new Promise<{ response: IncomingMessage; chunks: AsyncIterator<string> }>(
    (resolve, reject) => {
      const own = { host: '127.0.0.1', port, path: `${path}/events/${name}`, agent: false as const };
      const request = tlsRequest({
        ...{ ...own, headers: { host: `same.localhost:${port}` }, servername: 'same.localhost' },
        ...{ rejectUnauthorized: false, timeout: 20_000 },
      });
      request.on('timeout', () => request.destroy(new Error(`no event from ${path}`)));
      request.on('error', reject).on('response', (response) => {
        const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>;
        resolve({ response, chunks });
      });
      request.end();
    },
  );
  let text = String((await chunks.next()).value);
  await ask(place, { path: `${path}/heard/${name}` });
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) text += next.value;
  return `${response.statusCode} ${response.headers['content-type']} ${text}`;
}

/** A call as gRPC makes it: message, trailers. */
export function call({ httpsPort }: Place, path: string): Promise<object> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://127.0.0.1:${httpsPort}`, {
      ...{ servername: 'rpc.same.localhost', rejectUnauthorized: false },
    });
    session.on('error', reject);
    const stream = session.request({
      ...{ ':method': 'POST', ':path': path, ':authority': 'rpc.same.localhost' },
      ...{ 'content-type': 'application/grpc', te: 'trailers' },
    });
    let status: number | undefined;
    let trailers: Record<string, unknown> = {};
    let body = '';
    stream.on('response', (headers) => {
      status = headers[':status'];
      // An answer without a message has its status in the headers.
      if (headers['grpc-status'] !== undefined) trailers = headers;
    });
    stream.on('trailers', (given) => {
      trailers = given;
    });
    stream.setEncoding('latin1').on('data', (chunk: string) => {
      body += chunk;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve({ status, body, grpc: trailers['grpc-status'], path: trailers['x-path'] });
    });
    stream.end(Buffer.from([0, 0, 0, 0, 3, 97, 98, 99]));
  });
}
