import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { rawEdge, talk } from '../../support/clients.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveHttp } from '../../support/servers.ts';

let plane: TestPlane;
let served: Served[];
let directPort: number;

async function serveSockets(replica: number): Promise<Served> {
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on('connection', (socket, request) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.send(`replica ${replica} ${request.url}`);
    if (request.url === '/bye') socket.close(4001, 'enough');
  });
  return serveHttp(
    (request, response) => response.end(`plain ${request.headers.upgrade ?? 'none'} ${request.url}`),
    (server) =>
      server.on('upgrade', (request, socket, head) => {
        if (request.url === '/no') {
          socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nX-Why: none\r\n\r\nno');
        } else sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
      }),
  );
}

beforeAll(async () => {
  served = await Promise.all([serveSockets(0), serveSockets(1)]);
  directPort = await freePort();
  plane = await startPlane({
    upstreams: [upstream('chat', 'websocket', [1, ...served.map((s) => s.port)])],
    routes: [{ upstream: 'back/chat:main', host: 'back.localhost', path: '/chat', strip: true }],
    outbound: [
      {
        service: 'back/api',
        proxyPort: await freePort(),
        direct: [{ upstream: 'back/chat:main', port: directPort }],
      },
    ],
  });
});

afterAll(async () => {
  await plane.close();
  await Promise.all(served.map((s) => s.close()));
});

function open(path: string): WebSocket {
  return new WebSocket(`wss://127.0.0.1:${plane.httpsPort}/chat${path}`, {
    ca: plane.ca,
    headers: { host: 'back.localhost' },
  });
}

function next(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(data.toString('latin1')));
    socket.once('error', reject);
  });
}

test('messages pass both ways through the ingress, with the path stripped; a refusing replica is passed over', async () => {
  for (let i = 0; i < 3; i += 1) {
    const socket = open('/room?x=1');
    expect(await next(socket)).toMatch(/^replica \d \/room\?x=1$/);
    const big = 'm'.repeat(300_000);
    const echoed = next(socket);
    socket.send(big);
    expect(await echoed).toBe(big);
    socket.close();
  }
});

test('close codes and reasons pass', async () => {
  const socket = open('/bye');
  const closed = await new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, `${reason}`])));
  expect(closed).toEqual([4001, 'enough']);
});

test('a refused upgrade gives the service own answer', async () => {
  const answer = await new Promise<{ status: number; why: unknown }>((resolve) => {
    const socket = open('/no');
    socket.on('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode ?? 0, why: response.headers['x-why'] });
      socket.terminate();
    });
    socket.on('error', () => {});
  });
  expect(answer).toEqual({ status: 401, why: 'none' });
});

test('bytes sent along with the upgrade request are not lost', async () => {
  const socket = await rawEdge(plane);
  const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
  const head =
    'GET /chat/x HTTP/1.1\r\nHost: back.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
  socket.write(Buffer.concat([Buffer.from(head), frame]));
  let seen = '';
  await new Promise<void>((resolve) =>
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      if (seen.endsWith('\x81\x02hi')) resolve();
    }),
  );
  expect(seen).toContain('101 Switching Protocols');
  socket.destroy();
});

test('an offer of h2c is ignored, and its request answered as any other', async () => {
  const fields =
    'Host: chat.back\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
  const seen = await talk(directPort, `POST /p HTTP/1.1\r\n${fields}Content-Length: 3\r\n\r\nabc`, /plain none \/p/);
  expect(seen).toContain('200 OK');
});

test('a websocket over the direct listener ends at the service when the client goes away', async () => {
  const before = await connectionsTo();
  const socket = new WebSocket(`ws://127.0.0.1:${directPort}/d`);
  expect(await next(socket)).toContain('/d');
  socket.terminate();
  const drained = await plane.request({
    type: 'drain',
    upstream: 'back/chat:main',
    port: served[0]?.port ?? 0,
    graceMs: 60_000,
  });
  expect(drained.ok).toBe(true);
  expect(before).toBe(true);
});

function connectionsTo(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(served[0]?.port ?? 0, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
