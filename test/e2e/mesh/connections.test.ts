/** WebSocket and raw TCP as they are traced: a hop each side, told when it opens and when it has ended. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ingressCaller } from '../../../src/app/identity.ts';
import type { Trace } from '../../../src/engine/trace.ts';
import { assembled } from '../../../src/targets/process/tracing/assemble.ts';
import { hopWords } from '../../../src/ui/trace/words.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveRaw } from '../../support/servers.ts';

let plane: TestPlane;
let chat: WebSocketServer;
let line: Served;
let ports: Record<'chat' | 'line' | 'broken' | 'refused', number>;

beforeAll(async () => {
  ports = { chat: await freePort(), line: await freePort(), broken: await freePort(), refused: await freePort() };
  chat = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: ({ req }: { req: IncomingMessage }) => req.url !== '/closed',
  });
  await once(chat, 'listening');
  chat.on('connection', (socket) => {
    socket.on('message', (bytes) => {
      if (String(bytes) === 'bye') socket.close(4321, 'own words');
      else if (String(bytes) === 'break') socket.terminate();
      else socket.send(bytes);
    });
  });
  line = await serveRaw((socket) => {
    socket.write('hello\n');
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('end', () => socket.end());
  });
  plane = await startPlane({
    upstreams: [
      upstream('chat', 'websocket', [(chat.address() as { port: number }).port]),
      upstream('line', 'tcp', [1, line.port]),
      upstream('broken', 'tcp', [1]),
      upstream('closed', 'tcp', [line.port], { callers: [] }),
    ],
    routes: [{ upstream: 'back/chat:main', host: '*', path: '/', strip: false }],
    outbound: [
      {
        service: 'back/api',
        proxyPort: await freePort(),
        direct: [
          { upstream: 'back/chat:main', port: ports.chat },
          { upstream: 'back/line:main', port: ports.line },
          { upstream: 'back/broken:main', port: ports.broken },
          { upstream: 'back/closed:main', port: ports.refused },
        ],
      },
    ],
  });
});

afterAll(async () => {
  for (const socket of chat.clients) socket.terminate();
  chat.close();
  await plane.close();
  await line.close();
});

async function traces(): Promise<readonly Trace[]> {
  const reply = await plane.request({ type: 'traces', asked: {} });
  if (!reply.ok || reply.traces === undefined) throw new Error('no traces');
  const known = { reporting: [], refusals: [], links: new Map(), resources: false };
  return reply.traces.traces.map((one) => assembled(one, known));
}

/** The trace that fits, when all its hops have what is asked for. */
async function traced(fits: (trace: Trace) => boolean): Promise<Trace> {
  await expect.poll(async () => (await traces()).some(fits)).toBe(true);
  return (await traces()).find(fits) as Trace;
}

const isOver = ({ hops }: Trace): boolean => hops.every(({ connection }) => connection?.open === false);

function open(url: string): { readonly id: string; readonly socket: WebSocket } {
  const id = randomBytes(16).toString('hex');
  const headers = { traceparent: `00-${id}-00f067aa0ba902b7-01` };
  const socket = new WebSocket(url, { ca: plane.ca, headers: { host: 'back.localhost', ...headers } });
  socket.on('error', () => {});
  return { id, socket };
}

test('a WebSocket through the ingress is seen while it is open, and with its close code when it has ended', async () => {
  const { id, socket } = open(`wss://127.0.0.1:${plane.httpsPort}/room?key=secret`);
  await once(socket, 'open');
  const during = await traced((trace) => trace.id === id && trace.hops.length === 4);
  expect(during.hops.map(({ kind, service, status }) => [kind, service, status])).toEqual([
    ['edge', ingressCaller, '101'],
    ['route', ingressCaller, '101'],
    ['outbound', ingressCaller, '101'],
    ['inbound', 'back/chat', '101'],
  ]);
  expect(during.hops.every(({ connection }) => connection?.open)).toBe(true);
  expect(during.hops[0]?.tls?.version).toBe('TLSv1.3');
  socket.send('twelve bytes');
  await once(socket, 'message');
  socket.send('bye');
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, String(reason)]).toEqual([4321, 'own words']);
  const after = await traced((trace) => trace.id === id && trace.hops.length === 4 && isOver(trace));
  for (const { connection } of after.hops.slice(2))
    expect(connection).toEqual({
      ...{ protocol: 'websocket', open: false },
      // Frames of 12 and 3 bytes with a head and a mask, and the close frame that answers.
      ...{ bytesOut: 2 + 4 + 12 + (2 + 4 + 3) + (2 + 4 + 2 + 9), bytesIn: 2 + 12 + (2 + 2 + 9) },
      closed: { by: 'service', code: 4321, reason: 'own words' },
    });
  expect(after.failed).toBe(false);
  const { more } = hopWords(after.hops[2] as Trace['hops'][number]);
  expect(more[0]).toMatch(/^websocket closed 4321 by the service \(own words\), \d+ bytes out, 27 in$/);
  expect(JSON.stringify(after)).not.toContain('secret');
});

test('a WebSocket between services, closed by the caller, or broken off without a word', async () => {
  const closed = open(`ws://127.0.0.1:${ports.chat}/room`);
  await once(closed.socket, 'open');
  closed.socket.close(4001, 'enough');
  const one = await traced((trace) => trace.id === closed.id && trace.hops.length === 2 && isOver(trace));
  expect(one.hops.map(({ kind, connection }) => [kind, connection?.closed])).toEqual([
    ['outbound', { by: 'caller', code: 4001, reason: 'enough' }],
    ['inbound', { by: 'caller', code: 4001, reason: 'enough' }],
  ]);
  const broken = open(`ws://127.0.0.1:${ports.chat}/room`);
  await once(broken.socket, 'open');
  broken.socket.send('break');
  const two = await traced((trace) => trace.id === broken.id && trace.hops.length === 2 && isOver(trace));
  expect(two.hops.map(({ connection }) => connection?.closed)).toEqual([{ by: 'service' }, { by: 'service' }]);
});

test('an upgrade that the service refuses has its status, not a connection', async () => {
  const { id, socket } = open(`wss://127.0.0.1:${plane.httpsPort}/closed`);
  await new Promise((resolve) => socket.once('close', resolve));
  const { hops } = await traced((trace) => trace.id === id && trace.hops.length === 4);
  expect(hops.map(({ status, connection }) => [status, connection])).toEqual(Array(4).fill(['401', undefined]));
});

test('raw TCP is a trace of its own: each replica that was asked, the bytes, who ended it', async () => {
  const socket = connect(ports.line, '127.0.0.1');
  const [hello] = (await once(socket, 'data')) as [Buffer];
  expect(String(hello)).toBe('hello\n');
  const isOurs = ({ hops }: Trace) => hops.some(({ name, connection }) => name === 'TCP back/line' && connection);
  const during = await traced(isOurs);
  expect(during.hops.some(({ connection }) => connection?.open)).toBe(true);
  const echoed = once(socket, 'data');
  socket.write('abcd');
  await echoed;
  socket.end();
  await once(socket, 'close');
  const over = (trace: Trace) =>
    isOurs(trace) &&
    trace.hops.filter(({ connection }) => connection?.open === false).length === 2 &&
    trace.hops.every(({ failed, connection }) => failed || connection?.open === false);
  const { hops, unseen } = await traced(over);
  // The first replica may have been the one that refuses.
  const [out, inside] = hops.filter(({ failed }) => !failed);
  expect(out).toMatchObject({ kind: 'outbound', service: 'back/api', peer: { mtls: true, replica: '1' } });
  expect(inside).toMatchObject({ kind: 'inbound', service: 'back/line', parent: out?.id, replica: '1' });
  const ended = { protocol: 'tcp', open: false, bytesOut: 4, bytesIn: 10, closed: { by: 'caller' } };
  for (const hop of [out, inside]) expect(hop).toMatchObject({ status: 'closed', connection: ended });
  expect(unseen).toEqual(['What passed inside the connection was not looked at: raw TCP bears no trace.']);
});

test('raw TCP that nobody takes, or that is not allowed, is told with its reason', async () => {
  for (const port of [ports.broken, ports.refused]) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket.resume(), 'close');
  }
  const refused = await traced(({ hops }) => hops.some(({ name, failed }) => name === 'TCP back/broken' && failed));
  expect(refused.hops.map(({ status }) => status)).toEqual(refused.hops.map(() => 'refused'));
  const turned = await traced(({ hops }) => hops.some((hop) => hop.kind === 'inbound' && hop.refused !== undefined));
  expect(turned.hops.find(({ kind }) => kind === 'inbound')?.refused).toContain('links: [back/closed]');
});
