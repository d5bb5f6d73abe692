/** Long exchanges that two sidecars must not change: the same with the service itself and through the mesh, compared. */
import * as grpc from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { EchoClient, type EchoServer, startEcho } from '../../support/echo-grpc.ts';

let plane: TestPlane;
let echo: EchoServer;
let chat: WebSocketServer;
let ports: Record<'rpc' | 'chat' | 'chatDirect', number>;
/** Codes and reasons with which the service saw its sockets close. */
const closes: string[] = [];

beforeAll(async () => {
  echo = await startEcho(0);
  ports = { rpc: await freePort(), chat: await freePort(), chatDirect: await freePort() };
  chat = new WebSocketServer({ port: ports.chatDirect, host: '127.0.0.1' });
  chat.on('connection', (socket) => {
    socket.on('message', (bytes, binary) => {
      const told = /^close (\d+) (.*)$/.exec(String(bytes));
      if (told !== null) socket.close(Number(told[1]), told[2]);
      else if (String(bytes) === 'break') socket.terminate();
      else socket.send(bytes, { binary });
    });
    socket.on('ping', () => socket.send('pinged'));
    socket.on('close', (code, reason) => closes.push(`${code} ${reason}`));
  });
  plane = await startPlane({
    upstreams: [upstream('rpc', 'grpc', [echo.port]), upstream('chat', 'websocket', [ports.chatDirect])],
    outbound: [
      {
        service: 'back/api',
        proxyPort: await freePort(),
        direct: [
          { upstream: 'back/rpc:main', port: ports.rpc },
          { upstream: 'back/chat:main', port: ports.chat },
        ],
      },
    ],
  });
});

afterAll(async () => {
  for (const socket of chat.clients) socket.terminate();
  chat.close();
  echo.stop();
  await plane.close();
});

describe('gRPC', () => {
  async function both<T>(act: (client: EchoClient) => Promise<T>): Promise<{ direct: T; meshed: T }> {
    const results: T[] = [];
    for (const port of [echo.port, ports.rpc]) {
      const client = new EchoClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
      results.push(await act(client));
      client.close();
    }
    const [direct, meshed] = results as [T, T];
    return { direct, meshed };
  }

  test('a stream both ways keeps the order of messages of every size, and ends with trailers', async () => {
    const messages = Array.from({ length: 300 }, (_, i) => Buffer.alloc((i * 37) % 5000, i % 256));
    const { direct, meshed } = await both(async (client) => {
      const stream = client.bidi();
      const got: Buffer[] = [];
      stream.on('data', (data: Buffer) => got.push(data));
      const status = new Promise<grpc.StatusObject>((resolve) => stream.on('status', resolve));
      for (const message of messages) stream.write(message);
      stream.end();
      const { code, metadata } = await status;
      return { code, count: metadata.get('x-count'), bytes: Buffer.concat(got).toString('base64'), got: got.length };
    });
    expect(direct).toMatchObject({ code: grpc.status.OK, count: ['300'], got: 300 });
    expect(meshed).toEqual(direct);
  });

  test('an answer comes while the client still sends', async () => {
    const { direct, meshed } = await both(async (client) => {
      const stream = client.bidi();
      stream.on('error', () => {});
      const said: string[] = [];
      for (const text of ['one', 'two', 'three']) {
        stream.write(Buffer.from(text));
        said.push(await new Promise<string>((resolve) => stream.once('data', (data: Buffer) => resolve(`${data}`))));
      }
      stream.cancel();
      return said;
    });
    expect(direct).toEqual(['one', 'two', 'three']);
    expect(meshed).toEqual(direct);
  });

  test('a deadline that passes is told as such, and the service sees its end', async () => {
    const before = echo.cancelled();
    const { direct, meshed } = await both((client) =>
      client.unaryOf('hang', Date.now() + 300).catch((error: grpc.ServiceError) => error.code),
    );
    expect(direct).toBe(grpc.status.DEADLINE_EXCEEDED);
    expect(meshed).toBe(direct);
    await expect.poll(() => echo.cancelled()).toBe(before + 2);
  });

  test('a cancelled stream is cancelled at the service', async () => {
    const before = echo.cancelled();
    const { direct, meshed } = await both(async (client) => {
      const stream = client.bidi();
      const code = new Promise<number>((resolve) => stream.on('error', (e: grpc.ServiceError) => resolve(e.code)));
      stream.write(Buffer.from('here'));
      await new Promise((resolve) => stream.once('data', resolve));
      stream.cancel();
      return code;
    });
    expect(direct).toBe(grpc.status.CANCELLED);
    expect(meshed).toBe(direct);
    await expect.poll(() => echo.cancelled()).toBe(before + 2);
  });
});

describe('WebSocket', () => {
  /** What a client sees until its socket is closed. */
  function talk(port: number, act: (socket: WebSocket) => void): Promise<string[]> {
    return new Promise((resolve) => {
      const seen: string[] = [];
      const socket = new WebSocket(`ws://127.0.0.1:${port}/room`);
      socket.on('open', () => act(socket));
      socket.on('message', (bytes, binary) => seen.push(`${binary ? 'binary' : 'text'} ${bytes}`));
      socket.on('pong', () => seen.push('pong'));
      socket.on('error', () => {});
      socket.on('close', (code, reason) => resolve([...seen, `closed ${code} ${reason}`]));
    });
  }
  const both = async (act: (socket: WebSocket) => void) => ({
    direct: await talk(ports.chatDirect, act),
    meshed: await talk(ports.chat, act),
  });

  test.each([
    ['1000', 'close 1000 done'],
    ['1011 with a reason', 'close 1011 it broke'],
    ['one of the application', 'close 4321 own words'],
    ['an end without a word', 'break'],
  ])('the close code %s passes from the service', async (_, order) => {
    const { direct, meshed } = await both((socket) => {
      socket.send('hello');
      socket.send(Buffer.from([1, 2, 3]));
      socket.send(order);
    });
    expect(direct.length).toBe(3);
    expect(meshed).toEqual(direct);
  });

  test('the close code passes to the service, and pings both ways', async () => {
    closes.length = 0;
    const { direct, meshed } = await both((socket) => {
      socket.ping();
      socket.once('message', () => socket.close(4001, 'enough'));
    });
    expect(direct).toEqual(['pong', 'text pinged', 'closed 4001 enough']);
    expect(meshed).toEqual(direct);
    await expect.poll(() => closes).toEqual(['4001 enough', '4001 enough']);
  });
});
