/** The programs that bench-mesh starts, each in a process of its own: data (gRPC), api (HTTP, asks data), or the data plane. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { issueIdentityIssuer, issueServerCertificate, openAuthority } from '../../src/platform/certificates.ts';
import { nodeSystem } from '../../src/system/node.ts';
import type { Upstream } from '../../src/targets/process/data-plane.ts';
import { runDataPlane } from '../../src/targets/process/mesh/run.ts';

const pass = (bytes: Buffer): Buffer => bytes;
const unary = {
  path: '/bench.Data/Get',
  requestStream: false,
  responseStream: false,
  requestSerialize: pass,
  requestDeserialize: pass,
  responseSerialize: pass,
  responseDeserialize: pass,
} as const;

function serveData(): void {
  const server = new grpc.Server();
  const answer = Buffer.alloc(200, 'd');
  server.addService({ get: unary }, { get: (_call: unknown, done: grpc.sendUnaryData<Buffer>) => done(null, answer) });
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.send?.({ port });
  });
}

function serveApi(address: string): void {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const server = createServer((_request, response) => {
    client.makeUnaryRequest(unary.path, pass, pass, Buffer.from('x'), (error, bytes) => {
      if (error) response.writeHead(502).end(error.message);
      else response.end(bytes);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
}

function upstream(name: string, protocol: Upstream['protocol'], port: number): Upstream {
  const hosts = [`${name}.back`];
  const endpoints = [{ replica: 0, port }];
  return {
    key: `back/${name}:main`,
    service: `back/${name}`,
    protocol,
    hosts,
    servicePort: 80,
    timeouts: {},
    endpoints,
  };
}

async function servePlane(apiPort: number, dataPort: number, doorPort: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'opta-bench-mesh-'));
  const real = nodeSystem();
  const system = { ...real, env: { ...real.env, OPTA_DATA_DIR: join(folder, 'data') } };
  const authority = await openAuthority(system);
  const [certificate, issuer] = await Promise.all([
    issueServerCertificate(system, authority, ['back.localhost'], join(folder, 'certificates')),
    issueIdentityIssuer(system, authority, join(folder, 'certificates')),
  ]);
  const [httpsPort, httpPort, proxyPort] = [
    await system.network.freePort(),
    await system.network.freePort(),
    await system.network.freePort(),
  ];
  const { certificateFile, keyFile } = certificate;
  const routes = [{ upstream: 'back/api:main', host: '*', path: '/', strip: false }];
  const config = {
    ingress: { httpsPort, httpPort, certificateFile, keyFile, routes },
    mesh: { rootFile: authority.certificateFile, issuerFile: issuer.certificateFile, issuerKeyFile: issuer.keyFile },
    upstreams: [upstream('api', 'http', apiPort), upstream('data', 'grpc', dataPort)],
    outbound: [{ service: 'back/api', proxyPort, direct: [{ upstream: 'back/data:main', port: doorPort }] }],
  };
  process.on('message', () => {
    const { user, system: kernel } = process.cpuUsage();
    process.send?.({ cpuMs: (user + kernel) / 1000 });
  });
  await runDataPlane(system, {
    onMessage: (act) => act({ seq: 1, type: 'config', config }),
    send: (reply) => process.send?.(reply.ok ? { httpsPort } : reply),
    onClose: (act) => void process.once('disconnect', act),
  });
  await rm(folder, { recursive: true, force: true });
}

const [kind, ...rest] = process.argv.slice(2);
process.once('disconnect', () => kind === 'plane' || process.exit());
if (kind === 'data') serveData();
else if (kind === 'api') serveApi(rest[0] ?? '');
else {
  const [apiPort = 0, dataPort = 0, doorPort = 0] = rest.map(Number);
  await servePlane(apiPort, dataPort, doorPort);
  process.exit();
}
