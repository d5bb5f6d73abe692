import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '../../../src/platform/x509.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { talk } from '../../support/clients.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveHttp, serveRaw } from '../../support/servers.ts';

let plane: TestPlane;
let proxyPort: number;
let narrowPort: number;
let tcpPort: number;
let parent: Served & { seen: string[] };
let outside: Served;
const served: Served[] = [];

beforeAll(async () => {
  const data = await serveHttp((request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.length));
    request.on('end', () => response.end(`data ${request.method} ${request.url} ${request.headers.host} ${size}`));
  });
  outside = await serveHttp((request, response) =>
    response.end(`outside ${request.url} ${request.headers['x-a'] ?? ''}`),
  );
  const greets = await serveRaw((socket) => {
    socket.write('hello from tcp\n');
    socket.on('data', (chunk) => socket.write(`got ${chunk}`));
    socket.on('end', () => socket.end());
  });
  const seen: string[] = [];
  const proxy = await serveRaw((socket) => {
    socket.once('data', (chunk) => {
      seen.push(chunk.toString('latin1'));
      if (chunk.toString().startsWith('CONNECT')) socket.write('HTTP/1.1 200 OK\r\n\r\nearly');
      else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nthe parent');
    });
  });
  parent = { ...proxy, seen };
  served.push(data, outside, greets, proxy);
  [proxyPort, narrowPort, tcpPort] = [await freePort(), await freePort(), await freePort()];
  plane = await startPlane({
    upstreams: [
      upstream('data', 'http', [data.port]),
      upstream('queue', 'tcp', [1, greets.port], { key: 'back/queue:line', servicePort: 7000 }),
    ],
    outbound: [
      { service: 'back/api', proxyPort, direct: [{ upstream: 'back/queue:line', port: tcpPort }] },
      { service: 'back/web', proxyPort: narrowPort, direct: [], allowed: ['back/queue:line'] },
    ],
    parentProxy: { http: `http://me:s%40crt@127.0.0.1:${proxy.port}`, no: 'direct.test' },
  });
});

afterAll(async () => {
  await plane.close();
  await Promise.all(served.map((s) => s.close()));
});

test('fetch and http.get of a real Node reach a service by its name', async () => {
  const system = nodeSystem();
  const program = fileURLToPath(new URL('../../support/proxied-client.mjs', import.meta.url));
  const proxy = `http://127.0.0.1:${proxyPort}`;
  const { stdout, stderr } = await system.processes.run([system.node, program, 'http://data.back/x?y=1'], {
    env: { http_proxy: proxy, HTTP_PROXY: proxy, https_proxy: proxy, HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: '1' },
  });
  expect(stderr).not.toMatch(/Error/);
  expect(JSON.parse(stdout)).toEqual({
    byFetch: 'data GET /x?y=1 data.back 0',
    byGet: 'data GET /x?y=1 data.back 0',
    posted: 'data POST /x?y=1 data.back 200000',
  });
});

test.each(['data.back', 'DATA.back:80', 'data.back.svc.cluster.local', 'data.back.'])('%s is ours', async (name) => {
  const seen = await talk(proxyPort, `GET http://${name}/p HTTP/1.1\r\nHost: ${name}\r\n\r\n`, /data GET \/p/);
  expect(seen).toContain('200 OK');
});

test('a port that the service does not have is told with those it has', async () => {
  const seen = await talk(proxyPort, 'GET http://data.back:81/ HTTP/1.1\r\nHost: data.back\r\n\r\n', /it has 80/);
  expect(seen).toContain('502 Bad Gateway');
});

test('a caller without the link is refused, in both forms, with the link to write', async () => {
  const needed = /links: \[back\/data\]/;
  const absolute = await talk(narrowPort, 'GET http://data.back/ HTTP/1.1\r\nHost: data.back\r\n\r\n', needed);
  const connected = await talk(narrowPort, 'CONNECT data.back:80 HTTP/1.1\r\nHost: data.back:80\r\n\r\n', needed);
  for (const seen of [absolute, connected]) expect(seen).toMatch(/^HTTP\/1.1 403/);
  expect(absolute).toContain('module web of the layer back');
});

test('a server that speaks first is heard at once, by CONNECT and by its own port', async () => {
  const before = performance.now();
  const connected = await talk(proxyPort, 'CONNECT queue.back:7000 HTTP/1.1\r\nHost: q\r\n\r\n', /hello from tcp/);
  expect(connected).toContain('200 Connection Established');
  expect(await talk(tcpPort, '', /hello from tcp/)).toContain('hello');
  // Who waits for the client's first bytes waits for ever.
  expect(performance.now() - before).toBeLessThan(30_000);
});

test('an unknown host goes to the parent proxy with its credentials, in both forms', async () => {
  const basic = `Proxy-Authorization: Basic ${Buffer.from('me:s@crt').toString('base64')}`;
  await talk(
    proxyPort,
    'GET http://far.test:8080/a?b HTTP/1.1\r\nHost: far.test:8080\r\nProxy-Connection: keep-alive\r\n\r\n',
    /the parent/,
  );
  expect(parent.seen.at(-1)).toMatch(/^GET http:\/\/far\.test:8080\/a\?b HTTP\/1\.1\r\n/);
  expect(parent.seen.at(-1)).toContain(basic);
  expect(parent.seen.at(-1)).not.toContain('Proxy-Connection');
  await talk(proxyPort, 'CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n\r\n', /Established\r\n\r\nearly/);
  expect(parent.seen.at(-1)).toMatch(/^CONNECT far\.test:443 HTTP\/1\.1\r\n/);
  expect(parent.seen.at(-1)).toContain(basic);
});

test('a parent proxy of a kind that we do not speak is a 502 that says so, not a way around it', async () => {
  const parentProxy = { http: 'socks5://me:secret@127.0.0.1:1' };
  await plane.request({ type: 'config', config: { ...plane.config, parentProxy } });
  for (const start of ['GET http://far.test/', 'CONNECT far.test:443']) {
    const seen = await talk(proxyPort, `${start} HTTP/1.1\r\nHost: far.test\r\n\r\n`, /socks5:\/\/ is not supported/);
    expect(seen).toContain('502 Bad Gateway');
    expect(seen).not.toContain('secret');
  }
  await plane.request({ type: 'config', config: plane.config });
});

test('localhost passes straight, whatever the parent', async () => {
  const count = parent.seen.length;
  const url = `http://localhost:${outside.port}/o`;
  const seen = await talk(proxyPort, `GET ${url} HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n\r\n`, /outside \/o 1/);
  expect(seen).toContain('200 OK');
  const inside = `CONNECT 127.0.0.1:${outside.port} HTTP/1.1\r\nHost: x\r\n\r\n`;
  expect(await talk(proxyPort, inside, /Established/)).toContain('200');
  expect(parent.seen).toHaveLength(count);
});

test('TLS inside CONNECT passes untouched', async () => {
  const made = await makeCertificate({ commonName: 'x', hosts: ['localhost'], days: 1 }, Date.now());
  const secure = createTlsServer({ cert: made.certificate, key: made.key }, (socket) => socket.end('secret'));
  const port = await new Promise<number>((resolve) =>
    secure.listen(0, '127.0.0.1', () => resolve((secure.address() as { port: number }).port)),
  );
  const system = nodeSystem();
  const proxy = `http://127.0.0.1:${proxyPort}`;
  const { stderr } = await system.processes.run([
    'curl',
    '-sv',
    '--max-time',
    '60',
    '--http0.9',
    '-k',
    '-x',
    proxy,
    '-p',
    `https://127.0.0.1:${port}/`,
  ]);
  secure.close();
  expect(stderr).toMatch(/SSL connection using TLS/);
});

test('a request for the proxy itself says what it is', async () => {
  expect(await talk(proxyPort, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', /full URL/)).toContain('400 Bad Request');
});
