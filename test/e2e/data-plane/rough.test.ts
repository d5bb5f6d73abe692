import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, rawEdge } from '../../support/clients.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveHttp } from '../../support/servers.ts';

let plane: TestPlane;
let served: Served;
let ports: { proxy: number; http: number; grpc: number; tcp: number };

beforeAll(async () => {
  served = await serveHttp((request, response) => {
    if (request.url === '/endless') {
      response.on('error', () => {});
      const send = (): void => {
        while (!response.destroyed) if (!response.write(Buffer.alloc(65536))) return void response.once('drain', send);
      };
      return send();
    }
    request.resume();
    request.on('end', () => response.end('fine'));
  });
  ports = { proxy: await freePort(), http: await freePort(), grpc: await freePort(), tcp: await freePort() };
  plane = await startPlane({
    upstreams: [
      upstream('web', 'http', [served.port]),
      upstream('rpc', 'grpc', [served.port]),
      upstream('line', 'tcp', [served.port], { servicePort: 7000 }),
    ],
    routes: [
      { upstream: 'back/web:main', host: '*', path: '/', strip: false },
      { upstream: 'back/rpc:main', host: '*', path: '/rpc', strip: false },
    ],
    outbound: [
      {
        service: 'back/api',
        proxyPort: ports.proxy,
        direct: [
          { upstream: 'back/web:main', port: ports.http },
          { upstream: 'back/rpc:main', port: ports.grpc },
          { upstream: 'back/line:main', port: ports.tcp },
        ],
      },
    ],
  });
});

afterAll(async () => {
  await plane.close();
  await served.close();
});

function sendAndReset(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes);
      setTimeout(() => socket.resetAndDestroy(), 5);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}

/** The same at each run: what hurts once can be looked into. */
const noiseOf = (seed: number): Buffer =>
  Buffer.concat(Array.from({ length: 7 }, (_, part) => createHash('sha256').update(`${seed} ${part}`).digest()));

test('noise on every port, and connections that break at once, hurt nobody else', async () => {
  const texts = [
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab',
    'CONNECT web.back:80 HTTP/1.1\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\xff\x04',
    'CONNECT [::::]:99999 HTTP/1.1\r\n\r\n',
    'CONNECT line.back:7000 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n',
    'GET http:// HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET http://web.back/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\nzz',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01\x00\x05hello',
  ].map((text) => Buffer.from(text, 'latin1'));
  const noises = [...texts, ...Array.from({ length: 20 }, (_, i) => noiseOf(i))];
  const all = [plane.httpsPort, plane.httpPort, ...Object.values(ports)];
  await Promise.all(all.flatMap((port) => noises.map((bytes) => sendAndReset(port, bytes))));
  expect((await ask(plane, '/')).body).toBe('fine');
});

test('a gRPC route before a service that does not speak it is a 502, again and again', async () => {
  for (let i = 0; i < 3; i += 1) expect((await ask(plane, '/rpc')).status).toBe(502);
});

test('a client that leaves in the middle of an endless answer frees the service', async () => {
  const socket = await rawEdge(plane);
  socket.write('GET /endless HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(socket, 'data');
  socket.destroy();
  const session = connectHttp2(`https://127.0.0.1:${plane.httpsPort}`, { ca: plane.ca, servername: 'localhost' });
  const stream = session.request({ ':path': '/endless' });
  await once(stream, 'data');
  stream.close(8);
  session.close();
  const drained = performance.now();
  await plane.request({ type: 'drain', upstream: 'back/web:main', port: served.port, graceMs: 120_000 });
  expect(performance.now() - drained).toBeLessThan(60_000);
  await plane.request({ type: 'endpoints', upstream: 'back/web:main', endpoints: [{ replica: 0, port: served.port }] });
});

test('TLS below 1.2 is refused', async () => {
  const socket = tlsConnect({
    port: plane.httpsPort,
    host: '127.0.0.1',
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ca: plane.ca,
  });
  await expect(once(socket, 'secureConnect')).rejects.toThrow();
});

test('a replica killed with requests under way costs no idempotent one', async () => {
  const program = fileURLToPath(new URL('../../support/replica-process.mjs', import.meta.url));
  const start = async () => {
    const child = fork(program);
    const [port] = (await once(child, 'message')) as [number];
    return { child, port };
  };
  const replicas = await Promise.all([start(), start(), start()]);
  const endpoints = replicas.map(({ port }, replica) => ({ replica, port }));
  await plane.request({ type: 'endpoints', upstream: 'back/web:main', endpoints });
  const agent = new Agent({ keepAlive: true });
  let running = true;
  const statuses = new Map<number, number>();
  const client = async (): Promise<void> => {
    while (running) {
      const status = await new Promise<number>((resolve) => {
        const request = httpRequest({ host: '127.0.0.1', port: ports.http, agent, path: '/' }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        });
        request.on('error', () => resolve(0));
        request.end();
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const clients = Array.from({ length: 32 }, client);
  const answers = () => [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const goOn = async () => {
    const until = answers() + 60;
    await expect.poll(answers, { interval: 5 }).toBeGreaterThan(until);
  };
  for (const { child } of replicas.slice(0, 2)) {
    await goOn();
    child.kill('SIGKILL');
  }
  await goOn();
  running = false;
  await Promise.all(clients);
  agent.destroy();
  replicas[2]?.child.kill('SIGKILL');
  expect([...statuses.keys()]).toEqual([200]);
  expect(statuses.get(200)).toBeGreaterThan(100);
});
