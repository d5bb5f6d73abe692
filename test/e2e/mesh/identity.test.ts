/** Who gets in: mutual TLS 1.3 under one root, the links of the definition, and leaves that are renewed. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityOf } from '../../../src/app/identity.ts';
import type { KeyPair } from '../../../src/platform/x509.ts';
import { dialled, meshDialer } from '../../../src/targets/process/mesh/dial.ts';
import { ask, talk } from '../../support/clients.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { EchoClient, type EchoServer, startEcho } from '../../support/echo-grpc.ts';
import { leafOf, meshOf, sidecarPort, strangeLeaf, tell } from '../../support/mesh-clients.ts';
import { type Served, serveHttp, serveRaw } from '../../support/servers.ts';

const hour = 3_600_000;
const web = 'back/web:main';
let served: Served;
let line: Served;
let echo: EchoServer;
let plane: TestPlane;
let ports: Record<'proxy' | 'web' | 'rpc' | 'line', number>;

beforeAll(async () => {
  served = await serveHttp((request, response) => {
    const ids = request.rawHeaders.filter((_, i, all) => i % 2 === 1 && /^l5d-client-id$/i.test(all[i - 1] ?? ''));
    response.end(`${request.method} ${request.url} from ${ids.join(' and ') || 'nobody'}`);
  });
  line = await serveRaw((socket) => {
    socket.write('hello\n');
    socket.pipe(socket);
  });
  echo = await startEcho(0);
  ports = { proxy: await freePort(), web: await freePort(), rpc: await freePort(), line: await freePort() };
  const callers = ['back/api', 'opta/ingress'];
  plane = await startPlane({
    metricsPort: await freePort(),
    upstreams: [
      upstream('web', 'http', [served.port], { callers }),
      upstream('rpc', 'grpc', [echo.port], { callers }),
      upstream('line', 'tcp', [line.port], { callers, servicePort: 7000 }),
    ],
    routes: [{ upstream: web, host: '*', path: '/', strip: false }],
    outbound: [
      { service: 'back/api', proxyPort: await freePort(), direct: [{ upstream: web, port: ports.web }] },
      // Linked wrongly: its own side lets it pass, so that the other side is what refuses.
      {
        service: 'front/page',
        proxyPort: ports.proxy,
        direct: [
          { upstream: 'back/rpc:main', port: ports.rpc },
          { upstream: 'back/line:main', port: ports.line },
        ],
      },
    ],
  });
});

afterAll(async () => {
  await plane.close();
  await Promise.all([served.close(), line.close()]);
  echo.stop();
});

test('the connection is TLS 1.3 and the sidecar shows its identity, a P-256 leaf of a day under an issuer of leaves', async () => {
  const port = await sidecarPort(plane, web);
  const { answer, protocol, server } = await tell(plane, port, await leafOf(plane, 'back/api'));
  expect(answer).toContain(`GET / from ${identityOf('back/api')}`);
  expect(protocol).toBe('TLSv1.3');
  expect(server.subjectAltName).toBe('DNS:web.back.serviceaccount.identity.linkerd.cluster.local');
  expect(server.validToDate.getTime() - server.validFromDate.getTime()).toBe(24 * hour);
  expect(server.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  const issuer = new X509Certificate(
    (await leafOf(plane, 'x/y')).certificate.split(/(?<=-----END CERTIFICATE-----\n)/)[1] ?? '',
  );
  expect(issuer.subject).toBe('CN=identity.linkerd.cluster.local');
  expect(issuer.verify(new X509Certificate(plane.ca).publicKey)).toBe(true);
});

test('no certificate, one of another root, and an expired one are refused', async () => {
  const port = await sidecarPort(plane, web);
  await expect(tell(plane, port, undefined)).rejects.toThrow();
  await expect(tell(plane, port, await strangeLeaf('back/api'))).rejects.toThrow();
  await expect(tell(plane, port, await leafOf(plane, 'back/api', 24 * hour))).rejects.toThrow();
  // The same leaf, not yet expired, is let in: it was its age.
  expect((await tell(plane, port, await leafOf(plane, 'back/api', 22 * hour))).answer).toContain('200 OK');
});

test('TLS 1.2 and plain text are refused', async () => {
  const port = await sidecarPort(plane, web);
  const leaf = await leafOf(plane, 'back/api');
  await expect(tell(plane, port, leaf, undefined, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => (bytes = Buffer.concat([bytes, chunk])));
  socket.write('GET / HTTP/1.1\r\nhost: web.back\r\n\r\n');
  await once(socket, 'close');
  expect(bytes.toString('latin1')).not.toContain('HTTP/1.1 200');
});

test('a server with another root or another name is not believed', async () => {
  const own = await leafOf(plane, 'back/api');
  const context = createSecureContext({ cert: own.certificate, key: own.key, ca: plane.ca, minVersion: 'TLSv1.3' });
  const dialTo = async ({ certificate, key }: KeyPair) => {
    const server = createTlsServer({ cert: certificate, key, ALPNProtocols: ['h2'] }, (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const socket = dialled(
      meshDialer(port, 'back/web', () => context),
      'h2',
    );
    return socket
      .then(
        (open) => `believed, with ${open.destroy() === open}`,
        (error: Error) => error.message,
      )
      .finally(() => server.close());
  };
  expect(await dialTo(await leafOf(plane, 'back/web'))).toMatch('believed');
  expect(await dialTo(await leafOf(plane, 'back/other'))).toMatch("does not match certificate's altnames");
  expect(await dialTo(await strangeLeaf('back/web'))).toMatch(/self-signed|unable to (get|verify)/);
});

test('the app hears who calls from us only', async () => {
  const headers = { 'L5d-Client-Id': 'forged', 'l5d-client-id': 'forged too' };
  expect((await ask(plane, '/', { headers })).body).toBe(`GET / from ${identityOf('opta/ingress')}`);
  const answer = await talk(ports.web, 'GET /x HTTP/1.1\r\nHost: a\r\nL5D-CLIENT-ID: forged\r\n\r\n', /from \S+/);
  expect(answer).toContain(`GET /x from ${identityOf('back/api')}`);
  const forged = 'GET / HTTP/1.1\r\nhost: a\r\nl5d-client-id: forged\r\nconnection: close\r\n\r\n';
  const raw = await tell(plane, await sidecarPort(plane, web), await leafOf(plane, 'back/api'), forged);
  expect(raw.answer).toContain(`from ${identityOf('back/api')}`);
});

const missing = 'front/page may not call back/web: the link is missing. Add to the module page of the layer front';

test('the sidecar refuses a caller without a link and names it: HTTP', async () => {
  const through = await talk(ports.proxy, 'GET http://web.back/ HTTP/1.1\r\nHost: web.back\r\n\r\n', /links: \S+/);
  expect(through).toContain('HTTP/1.1 403');
  expect(through).toContain(missing);
  const raw = await tell(plane, await sidecarPort(plane, web), await leafOf(plane, 'front/page'));
  expect(raw.answer).toContain(missing);
  const edge = (await meshOf(plane)).edges.find(
    ({ caller, callee }) => caller === 'front/page' && callee === 'back/web',
  );
  expect(edge?.refused).toBe(2);
});

test('Prometheus is told the same', async () => {
  const text = await (await fetch(`http://127.0.0.1:${plane.config.metricsPort}/metrics`)).text();
  expect(text).toContain(
    'inbound_http_authz_deny_total{direction="outbound",src="front/page",dst="back/web",tls="true"} 2\n',
  );
  expect(text).toMatch(/request_total\{direction="outbound",src="opta\/ingress",dst="back\/web",tls="true"\} [1-9]/);
  expect(text).toMatch(/response_latency_ms_bucket\{[^}]*src="opta\/ingress"[^}]*le="\+Inf"\} [1-9]/);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.filter((line) => !/^[a-z_]+\{([a-z]+="[^"]*",?)+\} [\d.]+$/.test(line))).toEqual([]);
  expect((await fetch(`http://127.0.0.1:${plane.config.metricsPort}/`)).status).toBe(404);
});

test('the sidecar refuses a caller without a link and names it: gRPC', async () => {
  const client = new EchoClient(`127.0.0.1:${ports.rpc}`, grpc.credentials.createInsecure());
  await expect(client.unaryOf('hi')).rejects.toMatchObject({
    code: grpc.status.PERMISSION_DENIED,
    details: expect.stringContaining('front/page may not call back/rpc: the link is missing'),
  });
  client.close();
});

test('the sidecar refuses a caller without a link: raw TCP is closed', async () => {
  const socket = connect(ports.line, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk)).on('error', () => {});
  await once(socket, 'close');
  expect(text).toBe('');
});

test('leaves are renewed under load without one failed request, and new connections show the new ones', async () => {
  const [app, rpc] = [
    await serveHttp((_, response) => void setTimeout(() => response.end('ok'), 5)),
    await startEcho(0),
  ];
  const [httpPort, rpcPort] = [await freePort(), await freePort()];
  const young = await startPlane({
    leafMs: 12_000,
    upstreams: [upstream('web', 'http', [app.port]), upstream('rpc', 'grpc', [rpc.port])],
    routes: [{ upstream: web, host: '*', path: '/', strip: false }],
    outbound: [
      {
        service: 'back/api',
        proxyPort: await freePort(),
        direct: [
          { upstream: web, port: httpPort },
          { upstream: 'back/rpc:main', port: rpcPort },
        ],
      },
    ],
  });
  const port = await sidecarPort(young, web);
  const serialNow = async () => (await tell(young, port, await leafOf(young, 'back/api'))).server.serialNumber;
  const first = await serialNow();
  const client = new EchoClient(`127.0.0.1:${rpcPort}`, grpc.credentials.createInsecure());
  const stream = client.bidi();
  stream.on('error', (error) => failures.push(error));
  const failures: unknown[] = [];
  let [running, count] = [true, 0];
  const caller = async (act: () => Promise<unknown>): Promise<void> => {
    while (running) {
      await act().catch((error: unknown) => failures.push(error));
      count += 1;
    }
  };
  const get = async () => {
    const { status } = await ask(young, '/');
    if (status !== 200) throw new Error(`status ${status}`);
  };
  const say = async () => {
    const came = once(stream, 'data');
    stream.write(Buffer.from('still here'));
    await came;
  };
  const callers = [get, get, () => client.unaryOf('x'), () => client.unaryOf('y'), say].map((act) => caller(act));
  // Longer than the life of a leaf: without renewal every new connection would fail.
  await new Promise((resolve) => setTimeout(resolve, 13_000));
  running = false;
  await Promise.all(callers);
  const last = await serialNow();
  const ended = once(stream, 'end');
  stream.end();
  await ended;
  client.close();
  await young.close();
  await app.close();
  rpc.stop();
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThan(100);
  expect(last).not.toBe(first);
});
