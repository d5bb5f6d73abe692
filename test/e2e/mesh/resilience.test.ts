/** Replicas that are slow, fail or die: what callers notice of it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { freePort, startPlane, upstream } from '../../support/data-plane.ts';
import { EchoClient, startEcho } from '../../support/echo-grpc.ts';
import { meshOf } from '../../support/mesh-clients.ts';
import { serveHttp, serveRaw } from '../../support/servers.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function track<T extends { close(): Promise<unknown> }>(made: Promise<T>): Promise<T> {
  const thing = await made;
  closing.push(() => thing.close());
  return thing;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const route = { upstream: 'back/web:main', host: '*', path: '/', strip: false };
const retries = { attempts: 2, on: ['5xx', 'connect'] as const };

/** Counts its requests; `ms` is how long an answer takes. */
async function replica(status: number, ms = 2) {
  let count = 0;
  const served = await track(
    serveHttp((request, response) => {
      count += 1;
      request.resume().on('end', () => setTimeout(() => response.writeHead(status).end(`${status}`), ms));
    }),
  );
  return { port: served.port, count: () => count };
}

async function resetting() {
  let count = 0;
  const served = await track(
    serveRaw((socket) =>
      socket.on('data', () => {
        count += 1;
        socket.resetAndDestroy();
      }),
    ),
  );
  return { port: served.port, count: () => count };
}

type Plane = Awaited<ReturnType<typeof startPlane>>;

/** One request on a kept connection: handshakes of the test's own would measure the machine. */
function send(plane: Plane, agent: Agent, body?: string): Promise<number> {
  return new Promise((resolve) => {
    const request = httpsRequest({
      host: '127.0.0.1',
      port: plane.httpsPort,
      servername: 'back.localhost',
      ca: plane.ca,
      agent,
      method: body === undefined ? 'GET' : 'POST',
    });
    request.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)));
    request.on('error', () => resolve(0));
    request.end(body);
  });
}

/** `perSecond` requests a second for `seconds`, in turn GET and POST; gives how often each status was seen. */
async function load(plane: Plane, perSecond: number, seconds: number): Promise<Map<number, number>> {
  const agent = new Agent({ keepAlive: true });
  const seen = new Map<number, number>();
  const pending: Promise<void>[] = [];
  const began = performance.now();
  for (let i = 0; i < perSecond * seconds; i += 1) {
    await sleep(Math.max(0, began + (i * 1000) / perSecond - performance.now()));
    const status = send(plane, agent, i % 2 === 0 ? undefined : 'x'.repeat(100));
    pending.push(status.then((one) => void seen.set(one, (seen.get(one) ?? 0) + 1)));
  }
  await Promise.all(pending);
  agent.destroy();
  return seen;
}

/** `count` requests of 8 clients, each one after another, so that a busy machine makes no queue; in turn GET and POST. */
async function many(plane: Plane, count: number): Promise<Map<number, number>> {
  const agent = new Agent({ keepAlive: true });
  const seen = new Map<number, number>();
  let left = count;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const status = await send(plane, agent, left % 2 === 0 ? undefined : 'x'.repeat(100));
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  agent.destroy();
  return seen;
}

/** The only edge, once it has counted so many: a request counts when both ends of it are done. */
async function counted(plane: Plane, requests: number) {
  const edge = async () => (await meshOf(plane)).edges[0];
  await expect.poll(async () => (await edge())?.requests).toBe(requests);
  return edge();
}

test('a slow replica gets less than a tenth of the requests', async () => {
  // So slow that a machine which is held up now and then makes no other one look like it.
  const [quick, slow] = [await replica(200), await replica(200, 2000)];
  const upstreams = [upstream('web', 'http', [quick.port, slow.port])];
  const plane = await track(startPlane({ upstreams, routes: [route] }));
  const seen = await many(plane, 1500);
  expect(seen).toEqual(new Map([[200, 1500]]));
  expect(slow.count()).toBeGreaterThan(0);
  expect(slow.count() / (slow.count() + quick.count())).toBeLessThan(0.1);
});

test.each([
  ['answers 500', () => replica(500)],
  ['resets its connections', resetting],
])('with retries on, a replica that %s costs no caller anything and is soon left alone', async (_, bad) => {
  const [sound, broken] = [await replica(200), await bad()];
  const upstreams = [upstream('web', 'http', [sound.port, broken.port], { retries })];
  const plane = await track(startPlane({ upstreams, routes: [route] }));
  const seen = await many(plane, 1500);
  const succeeded = seen.get(200) ?? 0;
  expect(succeeded / 1500).toBeGreaterThanOrEqual(0.999);
  expect(broken.count()).toBeGreaterThan(0);
  expect(broken.count()).toBeLessThan(30);
  const edge = await counted(plane, 1500);
  expect(edge).toMatchObject({ caller: 'opta/ingress', callee: 'back/web', succeeded, mtls: true });
  expect(edge?.retries).toBeGreaterThan(0);
});

test('a replica that is well again gets requests again', async () => {
  let status = 500;
  let count = 0;
  const sick = await track(
    serveHttp((_, response) => {
      count += 1;
      response.writeHead(status).end();
    }),
  );
  const sound = await replica(200);
  const upstreams = [upstream('web', 'http', [sound.port, sick.port], { retries })];
  const plane = await track(startPlane({ upstreams, routes: [route] }));
  await load(plane, 50, 1);
  status = 200;
  const before = count;
  const more = async () => {
    await load(plane, 50, 0.5);
    return count - before;
  };
  await expect.poll(more).toBeGreaterThan(20);
});

test('retries are a part of the load only: when every replica fails, callers see it', async () => {
  const broken = [await replica(503), await replica(503)];
  const ports = broken.map(({ port }) => port);
  const plane = await track(startPlane({ upstreams: [upstream('web', 'http', ports, { retries })], routes: [route] }));
  const began = performance.now();
  const seen = await load(plane, 100, 2);
  expect([...seen.keys()]).toEqual([503]);
  const edge = await counted(plane, 200);
  // A fifth of 200, beside ten a second.
  expect(edge?.retries).toBeLessThanOrEqual(40 + 10 * ((performance.now() - began) / 1000 + 2));
  expect(edge?.succeeded).toBe(0);
});

test('a replica killed with SIGKILL during 100 gRPC streams: they end with UNAVAILABLE, and no new call fails', async () => {
  const program = fileURLToPath(new URL('../../support/echo-process.ts', import.meta.url));
  const killed = fork(program, ['0'], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const [said] = (await once(killed, 'message')) as [{ port: number }];
  const sound = await startEcho(1);
  const port = await freePort();
  await track(
    startPlane({
      upstreams: [upstream('data', 'grpc', [said.port, sound.port])],
      outbound: [{ service: 'back/api', proxyPort: await freePort(), direct: [{ upstream: 'back/data:main', port }] }],
    }),
  );
  const client = new EchoClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const streams = Array.from({ length: 100 }, () => client.bidi());
  const ends = streams.map(
    (s) => new Promise<number>((resolve) => s.on('error', (e: grpc.ServiceError) => resolve(e.code))),
  );
  const names = await Promise.all(
    streams.map((stream) => {
      stream.write(Buffer.from('who'));
      return new Promise<string>((resolve) => stream.once('data', (data: Buffer) => resolve(data.toString())));
    }),
  );
  const gone = once(killed, 'exit');
  killed.kill('SIGKILL');
  // A call that it was given while it died may have been worked on: only later ones are new.
  await gone;
  const calls = Array.from({ length: 100 }, (_, i) => sleep(i).then(() => client.unaryOf(`call ${i}`)));
  const broken = await Promise.all(ends.filter((_, i) => names[i] === 'replica 0'));
  expect(broken.length).toBeGreaterThan(0);
  expect(new Set(broken)).toEqual(new Set([grpc.status.UNAVAILABLE]));
  expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(calls.map((_, i) => `call ${i}`));
  // Those on the other replica go on.
  const going = streams.filter((_, i) => names[i] === 'replica 1');
  for (const stream of going) {
    stream.write(Buffer.from('still'));
    await new Promise((resolve) => stream.once('data', resolve));
    stream.cancel();
  }
  client.close();
  sound.stop();
});
