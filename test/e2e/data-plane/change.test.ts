import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { makeCertificate } from '../../../src/platform/x509.ts';
import { ask } from '../../support/clients.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveHttp, serveRaw } from '../../support/servers.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function track<T extends { close(): Promise<unknown> }>(made: Promise<T>): Promise<T> {
  const thing = await made;
  closing.push(() => thing.close());
  return thing;
}

const route = { upstream: 'back/web:main', host: '*', path: '/', strip: false };

function replica(name: string, ms = 0): Promise<Served> {
  return track(
    serveHttp((request, response) => {
      request.resume();
      request.on('end', () => setTimeout(() => response.end(name), ms));
    }),
  );
}

/** A replica whose requests wait until it is told to answer them; `asked` resolves when the next one is there. */
async function patient(name: string) {
  const waiting: (() => void)[] = [];
  let came = Promise.withResolvers<void>();
  const { port } = await track(
    serveHttp((request, response) => {
      request.resume();
      waiting.push(() => response.end(name));
      came.resolve();
    }),
  );
  const asked = () => came.promise;
  const answer = () => {
    came = Promise.withResolvers();
    for (const act of waiting.splice(0)) act();
  };
  return { port, asked, answer };
}

function kept(plane: TestPlane, agent: Agent, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      host: '127.0.0.1',
      port: plane.httpsPort,
      servername: 'back.localhost',
      ca: plane.ca,
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: { host: 'back.localhost' },
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

test('rolling a replica ten times under load loses no request', async () => {
  let current = await replica('0', 5);
  const other = await replica('1', 5);
  const plane = await track(
    startPlane({ upstreams: [upstream('web', 'http', [current.port, other.port])], routes: [route] }),
  );
  const agent = new Agent({ keepAlive: true });
  let rolling = true;
  let count = 0;
  const failures: unknown[] = [];
  const client = async (n: number): Promise<void> => {
    while (rolling) {
      const answer = await kept(plane, agent, n % 2 ? 'body' : undefined).catch((error: unknown) => ({
        status: 0,
        text: `${error}`,
      }));
      count += 1;
      if (answer.status !== 200) failures.push(answer);
    }
  };
  const clients = Array.from({ length: 8 }, (_, n) => client(n));
  for (let i = 0; i < 10; i += 1) {
    await expect.poll(() => count, { interval: 5 }).toBeGreaterThan(20 * i);
    const fresh = await replica(`${i}`, 5);
    const endpoints = [
      { replica: 0, port: fresh.port },
      { replica: 1, port: other.port },
    ];
    await plane.request({ type: 'endpoints', upstream: 'back/web:main', endpoints });
    await plane.request({ type: 'drain', upstream: 'back/web:main', port: current.port, graceMs: 60_000 });
    await current.close();
    current = fresh;
  }
  rolling = false;
  await Promise.all(clients);
  agent.destroy();
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(100);
});

test('a replica that closes kept connections without a word costs no request that may be sent twice', async () => {
  // Answers once on each connection, says keep-alive, and closes it a moment later.
  const rude = await track(
    serveRaw((socket) => {
      let answered = false;
      socket.on('data', () => {
        if (answered) return void socket.resetAndDestroy();
        answered = true;
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    }),
  );
  const plane = await track(startPlane({ upstreams: [upstream('web', 'http', [rude.port])], routes: [route] }));
  for (let i = 0; i < 10; i += 1) {
    expect((await ask(plane, '/', { method: 'PUT', body: 'x'.repeat(1000) })).status).toBe(200);
  }
  // It may have taken the order: the client is told, and nobody pays twice.
  const posted = [
    await ask(plane, '/', { method: 'POST', body: 'x' }),
    await ask(plane, '/', { method: 'POST', body: 'x' }),
  ];
  expect(posted.map(({ status }) => status)).toContain(502);
});

test('a drain waits for what is under way, and not longer than its grace', async () => {
  const slow = await patient('slow');
  const plane = await track(startPlane({ upstreams: [upstream('web', 'http', [slow.port])], routes: [route] }));
  const drain = { type: 'drain', upstream: 'back/web:main', port: slow.port } as const;
  const answer = ask(plane, '/');
  await slow.asked();
  const order: string[] = [];
  const drained = plane.request({ ...drain, graceMs: 60_000 }).then(() => order.push('drained'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  order.push('answered');
  slow.answer();
  expect((await answer).body).toBe('slow');
  await drained;
  expect(order).toEqual(['answered', 'drained']);
  await plane.request({ type: 'endpoints', upstream: 'back/web:main', endpoints: [{ replica: 0, port: slow.port }] });
  const again = ask(plane, '/');
  await slow.asked();
  // Ends while nothing is answered.
  await plane.request({ ...drain, graceMs: 50 });
  slow.answer();
  await again;
});

test('a taken port is named, and what ran before goes on', async () => {
  const web = await replica('web');
  const plane = await track(startPlane({ upstreams: [upstream('web', 'http', [web.port])], routes: [route] }));
  const taken = await track(serveRaw(() => {}));
  const free = await freePort();
  const outbound = [
    { service: 'back/web', proxyPort: taken.port, direct: [] },
    { service: 'back/other', proxyPort: free, direct: [] },
  ];
  const reply = await plane.request({ type: 'config', config: { ...plane.config, outbound } });
  expect(reply).toMatchObject({ ok: false, code: 'port-taken', port: taken.port });
  expect((await ask(plane, '/')).body).toBe('web');
  await expect(track(serveRaw(() => {}))).resolves.toBeDefined();
});

test('a new certificate is served without closing open connections', async () => {
  const web = await replica('web');
  const plane = await track(startPlane({ upstreams: [upstream('web', 'http', [web.port])], routes: [route] }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await kept(plane, agent);
  const made = await makeCertificate({ commonName: 'second', hosts: ['back.localhost'], days: 2 }, Date.now());
  const { certificateFile, keyFile } = plane.config.ingress;
  const old = await readFile(certificateFile, 'utf8');
  await writeFile(certificateFile, made.certificate);
  await writeFile(keyFile, made.key);
  expect((await plane.request({ type: 'config', config: plane.config })).ok).toBe(true);
  expect((await kept(plane, agent)).text).toBe('web');
  const socket = tlsConnect({ host: '127.0.0.1', port: plane.httpsPort, rejectUnauthorized: false });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  expect(socket.getPeerCertificate().subject.CN).toBe('second');
  expect(old).not.toBe(made.certificate);
  socket.destroy();
  agent.destroy();
});

test('stop lets a stream end, tells HTTP/2 clients by GOAWAY, and closes the ports', async () => {
  const slow = await patient('slow');
  const plane = await startPlane({ upstreams: [upstream('web', 'http', [slow.port])], routes: [route] });
  closing.push(() => plane.close());
  const session = connectHttp2(`https://127.0.0.1:${plane.httpsPort}`, { ca: plane.ca, servername: 'back.localhost' });
  const goaway = new Promise<void>((resolve) => session.once('goaway', () => resolve()));
  const stream = session.request({ ':path': '/', ':authority': 'back.localhost' });
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise((resolve) => stream.once('end', resolve));
  // Browsers open connections that they do not use: they must not hold a stop up.
  const unused = tlsConnect({ host: '127.0.0.1', port: plane.httpsPort, rejectUnauthorized: false });
  unused.on('error', () => {});
  await Promise.all([slow.asked(), new Promise((resolve) => unused.once('secureConnect', resolve))]);
  const before = performance.now();
  const stopped = plane.request({ type: 'stop', graceMs: 60_000 });
  await goaway;
  slow.answer();
  expect((await stopped).ok).toBe(true);
  expect(performance.now() - before).toBeLessThan(30_000);
  await ended;
  expect(text).toBe('slow');
  await expect(ask(plane, '/')).rejects.toThrow('ECONNREFUSED');
});

test('timeouts and retries of the definition are kept', async () => {
  let failures = 2;
  const hanging = await track(serveHttp(() => {}));
  const flaky = await track(
    serveHttp((request, response) => {
      request.resume();
      failures -= 1;
      response.writeHead(failures >= 0 ? 500 : 200).end('answered');
    }),
  );
  const upstreams = [
    upstream('web', 'http', [flaky.port], { timeouts: { request: 60 }, retries: { attempts: 2, on: ['5xx'] } }),
    upstream('late', 'http', [hanging.port], { timeouts: { request: 0.5 } }),
  ];
  const routes = [route, { ...route, upstream: 'back/late:main', path: '/hang' }];
  const plane = await track(startPlane({ upstreams, routes }));
  expect((await ask(plane, '/', { method: 'POST', body: 'again' })).status).toBe(200);
  const before = performance.now();
  const late = await ask(plane, '/hang');
  expect([late.status, late.body]).toEqual([504, '504 back/late did not finish within 0.5 s\n']);
  expect(performance.now() - before).toBeLessThan(30_000);
});

test('sticky sessions keep their replica over a roll, and move when it is gone', async () => {
  const servers = await Promise.all(['a', 'b', 'c'].map((name) => replica(name)));
  const ports = servers.map((s) => s.port);
  const plane = await track(
    startPlane({ upstreams: [upstream('web', 'http', ports, { sticky: { maxAgeSeconds: 60 } })], routes: [route] }),
  );
  const first = await ask(plane, '/');
  const [set] = first.headers['set-cookie'] ?? [];
  expect(set).toMatch(/Max-Age=60; Path=\/; Secure; HttpOnly/);
  const cookie = (set ?? '').split(';')[0] ?? '';
  for (let i = 0; i < 6; i += 1) {
    const answer = await ask(plane, '/', { headers: { cookie } });
    expect([answer.body, answer.headers['set-cookie']]).toEqual([first.body, undefined]);
  }
  const gone = ['a', 'b', 'c'].indexOf(first.body);
  const endpoints = ports.map((port, n) => ({ replica: n, port })).filter((e) => e.replica !== gone);
  await plane.request({ type: 'endpoints', upstream: 'back/web:main', endpoints });
  const moved = await ask(plane, '/', { headers: { cookie } });
  expect(moved.body).not.toBe(first.body);
  expect(moved.headers['set-cookie']).toHaveLength(1);
  const rolled = await replica('new');
  await plane.request({
    type: 'endpoints',
    upstream: 'back/web:main',
    endpoints: [...endpoints, { replica: gone, port: rolled.port }],
  });
  expect((await ask(plane, '/', { headers: { cookie } })).body).toBe('new');
});

test('a consistent hash sends a key to one replica always', async () => {
  const servers = await Promise.all(['a', 'b', 'c'].map((name) => replica(name)));
  const spec = upstream(
    'web',
    'http',
    servers.map((s) => s.port),
    { consistentHash: '$request_uri' },
  );
  const plane = await track(startPlane({ upstreams: [spec], routes: [route] }));
  const seen = new Set<string>();
  for (let i = 0; i < 12; i += 1) {
    const [one, two] = [await ask(plane, `/item/${i}`), await ask(plane, `/item/${i}`)];
    expect(one.body).toBe(two.body);
    seen.add(one.body);
  }
  expect(seen.size).toBe(3);
});
