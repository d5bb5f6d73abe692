/** What really goes over the wire between two services: a relay on the way records every byte of both directions. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { identityOf } from '../../../src/app/identity.ts';
import { dialled, meshDialer } from '../../../src/targets/process/mesh/dial.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { leafOf, sidecarPort } from '../../support/mesh-clients.ts';
import { serveHttp } from '../../support/servers.ts';
import { recordsIn, serverHelloIn } from '../../support/tls-records.ts';

const marker = 'plain-text-that-must-not-be-seen';
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function meshed(): Promise<TestPlane> {
  const app = await serveHttp((request, response) => {
    request.resume().on('end', () => response.end(`${marker} from ${request.headers['l5d-client-id']}`));
  });
  const plane = await startPlane({
    upstreams: [upstream('web', 'http', [app.port])],
    outbound: [{ service: 'back/api', proxyPort: await freePort(), direct: [] }],
  });
  closing.push(
    () => app.close(),
    () => plane.close(),
  );
  return plane;
}

/** A relay to a port of loopback, and what went through it: from the client, from the server. */
async function relayTo(port: number) {
  const bytes: [Buffer[], Buffer[]] = [[], []];
  const sockets: Socket[] = [];
  const relay = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    sockets.push(client, server);
    for (const [at, from, to] of [
      [0, client, server],
      [1, server, client],
    ] as const) {
      from.on('data', (chunk) => bytes[at].push(chunk)).on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    relay.close();
  });
  const [sent, received] = bytes;
  return {
    port: (relay.address() as AddressInfo).port,
    seen: () => [Buffer.concat(sent), Buffer.concat(received)] as const,
  };
}

test('between the outbound side and a sidecar there is TLS 1.3 and nothing in plain text, with both certificates', async () => {
  const plane = await meshed();
  const relay = await relayTo(await sidecarPort(plane, 'back/web:main'));
  const own = await leafOf(plane, 'back/api');
  const context = createSecureContext({ cert: own.certificate, key: own.key, ca: plane.ca, minVersion: 'TLSv1.3' });
  // The outbound side's own dialer, at the relay's address.
  const socket = (await dialled(
    meshDialer(relay.port, 'back/web', () => context),
    'http/1.1',
  )) as TLSSocket;
  const shown = socket.getPeerX509Certificate()?.subjectAltName;
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
  socket.write(
    `POST /${marker} HTTP/1.1\r\nHost: web.back\r\nContent-Length: ${marker.length}\r\nConnection: close\r\n\r\n${marker}`,
  );
  await once(socket, 'end');
  socket.end();
  // Both certificates were shown and believed: the server's here, ours by what the sidecar told the app of us.
  expect(shown).toBe(`DNS:${identityOf('back/web')}`);
  expect(answer).toContain(`${marker} from ${identityOf('back/api')}`);
  const [sent, received] = relay.seen();
  for (const bytes of [sent, received]) {
    expect(bytes.length).toBeGreaterThan(500);
    // 20 change cipher spec, 22 handshake, 23 application data; all but the hellos is encrypted, certificates too.
    const records = recordsIn(bytes);
    expect(records.filter(({ type }) => ![20, 22, 23].includes(type))).toEqual([]);
    expect(records.filter(({ type }) => type === 22)).toHaveLength(1);
    expect(records.filter(({ type }) => type === 23).length).toBeGreaterThan(2);
    for (const text of [marker, 'HTTP/1.1', 'l5d-client-id', 'identity.linkerd.cluster.local,'])
      expect(bytes.includes(text)).toBe(false);
  }
  const hello = serverHelloIn(received);
  expect(hello).toMatchObject({ legacyVersion: 0x0303, supportedVersion: 0x0304 });
  expect([0x1301, 0x1302, 0x1303]).toContain(hello.cipher);
});

test('the parser of this test sees the difference: TLS 1.2 has no supported version, plain text no records', async () => {
  const plane = await meshed();
  const own = await leafOf(plane, 'back/web');
  const server = createTlsServer({ cert: own.certificate, key: own.key, maxVersion: 'TLSv1.2' }, (socket) =>
    socket.end(marker),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => server.close());
  const relay = await relayTo((server.address() as AddressInfo).port);
  const { connect: connectTls } = await import('node:tls');
  const socket = connectTls({ port: relay.port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket.resume(), 'close');
  expect(serverHelloIn(relay.seen()[1]).supportedVersion).toBeUndefined();
  expect(() => recordsIn(Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${marker}`))).toThrow('no TLS record');
});
