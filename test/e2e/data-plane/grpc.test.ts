import * as grpc from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { EchoClient, type EchoServer, startEcho } from '../../support/echo-grpc.ts';

let plane: TestPlane;
let servers: EchoServer[];
let direct: InstanceType<typeof EchoClient>;
let edge: InstanceType<typeof EchoClient>;
let named: InstanceType<typeof EchoClient>;

beforeAll(async () => {
  servers = await Promise.all([startEcho(0), startEcho(1)]);
  const [proxyPort, port] = [await freePort(), await freePort()];
  plane = await startPlane({
    upstreams: [
      upstream(
        'data',
        'grpc',
        servers.map((s) => s.port),
      ),
      upstream('none', 'grpc', []),
    ],
    routes: [{ upstream: 'back/data:main', host: 'back.localhost', path: '/', strip: false }],
    outbound: [{ service: 'back/api', proxyPort, direct: [{ upstream: 'back/data:main', port }] }],
  });
  direct = new EchoClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  edge = new EchoClient(`127.0.0.1:${plane.httpsPort}`, grpc.credentials.createSsl(Buffer.from(plane.ca)), {
    'grpc.ssl_target_name_override': 'back.localhost',
    'grpc.default_authority': 'back.localhost',
  });
  process.env.grpc_proxy = `http://127.0.0.1:${proxyPort}`;
  named = new EchoClient('data.back:80', grpc.credentials.createInsecure());
  await new Promise<void>((resolve, reject) =>
    named.waitForReady(Date.now() + 60_000, (error) => (error ? reject(error) : resolve())),
  );
  delete process.env.grpc_proxy;
});

afterAll(async () => {
  for (const client of [direct, edge, named]) client.close();
  await plane.close();
  for (const server of servers) server.stop();
});

const ways = () => ({ direct, edge, named });

test.each(['direct', 'edge', 'named'] as const)(
  'unary calls spread over replicas on one connection (%s)',
  async (way) => {
    const seen = new Set<string>();
    const many = async () => {
      await Promise.all(
        Array.from({ length: 40 }, async (_, i) => {
          const answer = await ways()[way].unaryOf(`m${i}`);
          expect(answer.text).toBe(`m${i}`);
          seen.add(answer.replica);
        }),
      );
      return [...seen].sort();
    };
    // One that was slow with its first answer, as on a busy machine, is left alone for a while.
    await expect.poll(many).toEqual(['0', '1']);
  },
);

test.each(['direct', 'edge', 'named'] as const)('streams both ways, metadata and status pass (%s)', async (way) => {
  const call = ways()[way].bidi();
  const got: string[] = [];
  const status = new Promise<grpc.StatusObject>((resolve) => call.on('status', resolve));
  call.on('error', () => {});
  const ended = new Promise<void>((resolve) => call.on('end', resolve));
  // Each answer comes before the next question is sent: nothing waits for the end of the request.
  for (let i = 0; i < 5; i += 1) {
    call.write(Buffer.from(`p${i}`));
    got.push(await new Promise((resolve) => call.once('data', (data: Buffer) => resolve(data.toString()))));
  }
  call.end();
  await ended;
  expect(got).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
  const { code, metadata } = await status;
  expect(code).toBe(grpc.status.OK);
  expect(metadata.get('x-count')).toEqual(['5']);
});

test('a 4 MB message passes', async () => {
  const text = 'z'.repeat(4_000_000);
  expect((await edge.unaryOf(text)).text).toHaveLength(text.length);
});

test('an error without a message keeps its code and details', async () => {
  await expect(direct.unaryOf('fail')).rejects.toMatchObject({ code: grpc.status.NOT_FOUND, details: 'no such thing' });
  await expect(edge.unaryOf('fail')).rejects.toMatchObject({ code: grpc.status.NOT_FOUND, details: 'no such thing' });
});

test('a deadline ends the call, and the service sees the cancel', async () => {
  const before = servers.map((s) => s.cancelled()).reduce((a, b) => a + b);
  await expect(direct.unaryOf('hang', Date.now() + 200)).rejects.toMatchObject({ code: grpc.status.DEADLINE_EXCEEDED });
  await expect.poll(() => servers.map((s) => s.cancelled()).reduce((a, b) => a + b)).toBe(before + 1);
});

test('a cancelled stream is cancelled at the service', async () => {
  const before = servers.map((s) => s.cancelled()).reduce((a, b) => a + b);
  const call = edge.bidi();
  call.on('error', () => {});
  call.write(Buffer.from('x'));
  await new Promise((resolve) => call.once('data', resolve));
  call.cancel();
  await expect.poll(() => servers.map((s) => s.cancelled()).reduce((a, b) => a + b)).toBe(before + 1);
});

test('when a replica dies, its streams end with UNAVAILABLE, never a hang, and new calls go on', async () => {
  const third = await startEcho(2);
  const endpoints = [...servers, third].map((s, replica) => ({ replica, port: s.port }));
  await plane.request({ type: 'endpoints', upstream: 'back/data:main', endpoints });
  const calls = Array.from({ length: 30 }, () => direct.bidi());
  const ends = calls.map(
    (call) => new Promise<number>((resolve) => call.on('error', (e: grpc.ServiceError) => resolve(e.code))),
  );
  const replicas = await Promise.all(
    calls.map((call) => {
      call.write(Buffer.from('who'));
      return new Promise<string>((resolve) => call.once('data', (data: Buffer) => resolve(data.toString())));
    }),
  );
  expect(replicas.filter((r) => r === 'replica 2').length).toBeGreaterThan(0);
  third.stop();
  const broken = await Promise.all(ends.filter((_, i) => replicas[i] === 'replica 2'));
  expect(new Set(broken).size).toBe(1);
  expect(broken[0]).toBe(grpc.status.UNAVAILABLE);
  for (let i = 0; i < 30; i += 1) expect((await direct.unaryOf('ok')).text).toBe('ok');
  for (const call of calls) call.cancel();
});

test('replicas that leave with GOAWAY under load, undrained, fail no call', async () => {
  const failures: unknown[] = [];
  let running = true;
  let count = 0;
  const caller = async (): Promise<void> => {
    while (running) {
      await edge.unaryOf('load').catch((error: unknown) => failures.push(error));
      count += 1;
    }
  };
  for (let i = 0; i < 4; i += 1) {
    const leaver = await startEcho(9);
    const endpoints = [...servers, leaver].map((s, replica) => ({ replica, port: s.port }));
    await plane.request({ type: 'endpoints', upstream: 'back/data:main', endpoints });
    const callers = Array.from({ length: 8 }, caller);
    const until = count + 60;
    await expect.poll(() => count, { interval: 5 }).toBeGreaterThan(until);
    await leaver.leave();
    await expect.poll(() => count, { interval: 5 }).toBeGreaterThan(until + 60);
    running = false;
    await Promise.all(callers);
    running = true;
  }
  expect(failures).toEqual([]);
});

test('no ready replica is UNAVAILABLE with a text', async () => {
  await plane.request({ type: 'endpoints', upstream: 'back/data:main', endpoints: [] });
  await expect(direct.unaryOf('x')).rejects.toMatchObject({
    code: grpc.status.UNAVAILABLE,
    details: expect.stringContaining('back/data has no ready replica'),
  });
  const endpoints = servers.map((s, replica) => ({ replica, port: s.port }));
  await plane.request({ type: 'endpoints', upstream: 'back/data:main', endpoints });
});
