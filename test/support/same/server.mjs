/** A service that tells what it was asked, in plain Node: HTTP, raw upgrades, gRPC frames. */
import { createServer } from 'node:http';
import { createServer as createPlainHttp2 } from 'node:http2';
import { connect } from 'node:net';

const { PORT = '8080', BIND_ADDRESS, OPTA_SERVICE: service, PROTOCOL = 'http', HOSTNAME, OPTA_REPLICA } = process.env;
// Not what x-forwarded-port says: nginx says 443 there, whatever port it listens on.
const told = [
  ...['host', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-scheme', 'x-scheme', 'x-own'],
  ...['content-type', 'content-length', 'accept', 'cookie', 'authorization', 'origin', 'range'],
];
/** Of one connection, or for tracing and the mesh: not every target has them. */
const passing =
  /^(connection|transfer-encoding|te|accept-encoding|traceparent|tracestate|x-request-id|x-original-.*|l5d-.*)$/;

/** What an ingress keeps to itself. */
const hidden = { server: 'own/1.0', 'x-accel-expires': '0', 'x-pad': 'a' };

/** Streams that go on when somebody asks for it, by name. */
const waiting = new Map();

/** Asks PostgreSQL whether it speaks TLS: `S`. */
const database = () =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(process.env.DB_PORT), process.env.DB_HOST, () =>
      socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])),
    );
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.toString());
    });
    socket.once('error', reject);
  });

async function answer(request, response) {
  const { method, url, headers } = request;
  let body = '';
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes < 1000) body += chunk;
  }
  const [, word = '', rest = ''] = url.split('/');
  if (word === 'status') return response.writeHead(Number(rest)).end(`status ${rest}`);
  if (word === 'moved') return response.writeHead(302, { location: '/elsewhere?a=1' }).end();
  if (word === 'cookies')
    return response
      .writeHead(200, { 'set-cookie': ['a=1; Path=/', 'b=2; HttpOnly'], 'x-own': 'kept', ...hidden })
      .end('cookies');
  if (word === 'count') return response.end(`${bytes} bytes`);
  if (word === 'events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write('data: first\n\n');
    // The second only when the client has said, on another connection, that it has the first.
    waiting.set(rest, () => response.end('data: second\n\n'));
    return request.once('close', () => waiting.delete(rest));
  }
  if (word === 'heard') {
    waiting.get(rest)?.();
    return response.end('thanks');
  }
  if (word === 'big') return response.end('x'.repeat(300_000));
  if (word === 'replica') return response.end(OPTA_REPLICA ?? HOSTNAME);
  if (word === 'chunks') {
    response.writeHead(200, { 'content-type': 'text/plain' });
    for (const part of ['one ', 'two ', 'three']) response.write(part);
    return response.end();
  }
  if (word === 'database') return response.end(await database());
  if (word === 'linked') {
    const { service, url } = await (await fetch(new URL('/from-web?x=1', process.env.api_url))).json();
    return response.end(`${service} saw ${url}`);
  }
  const seen = Object.fromEntries(
    told.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]),
  );
  const names = Object.keys(headers)
    .filter((name) => !passing.test(name))
    .sort();
  return response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ service, method, url, seen, names, body }));
}

if (PROTOCOL === 'grpc') {
  const server = createPlainHttp2();
  server.on('stream', (stream, headers) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    const status = headers[':path'].endsWith('/Fail') ? '7' : '0';
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'x-path': headers[':path'] }));
    stream.pipe(stream);
  });
  server.listen(Number(PORT), BIND_ADDRESS);
} else {
  const server = createServer((request, response) =>
    answer(request, response).catch((error) => response.writeHead(500).end(String(error))),
  );
  server.on('upgrade', (request, socket, head) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Url: ${request.url}\r\n\r\n`,
    );
    socket.write(head);
    socket.pipe(socket);
    socket.on('error', () => {});
  });
  server.listen(Number(PORT), BIND_ADDRESS);
}
process.on('SIGTERM', () => process.exit(0));
