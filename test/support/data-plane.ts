/** A data plane in this process on free ports, with real certificates, for tests over real sockets. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueIdentityIssuer, issueServerCertificate, openAuthority } from '../../src/platform/certificates.ts';
import { nodeSystem } from '../../src/system/node.ts';
import type { System } from '../../src/system/system.ts';
import type {
  DataPlaneConfig,
  DataPlaneReply,
  DataPlaneRequest,
  IngressRoute,
  Outbound,
  Upstream,
} from '../../src/targets/process/data-plane.ts';
import { type DataPlaneChannel, runDataPlane } from '../../src/targets/process/mesh/run.ts';
import { freePort } from './ports.ts';

type Unnumbered<R> = R extends { seq: number } ? Omit<R, 'seq'> : never;

export interface TestPlane {
  readonly httpsPort: number;
  readonly httpPort: number;
  readonly ca: string;
  readonly config: DataPlaneConfig;
  request(request: Unnumbered<DataPlaneRequest>): Promise<DataPlaneReply>;
  /** Closes the channel, as the end of the supervisor does. */
  close(): Promise<void>;
}

export interface PlaneOptions {
  readonly routes?: readonly IngressRoute[];
  readonly upstreams: readonly Upstream[];
  readonly outbound?: readonly Outbound[];
  readonly parentProxy?: DataPlaneConfig['parentProxy'];
  readonly metricsPort?: number;
  readonly spansPort?: number;
  readonly spansTo?: DataPlaneConfig['spansTo'];
  /** Milliseconds that leaf certificates of the mesh are good for. */
  readonly leafMs?: number;
}

function testSystem(dataFolder: string): System {
  const system = nodeSystem();
  return { ...system, env: { ...system.env, OPTA_DATA_DIR: dataFolder } };
}

/** An upstream `back/<name>` with the names that the resolver gives it. */
export function upstream(
  name: string,
  protocol: Upstream['protocol'],
  ports: readonly number[],
  more: Partial<Upstream> = {},
): Upstream {
  return {
    key: `back/${name}:main`,
    service: `back/${name}`,
    protocol,
    hosts: [`${name}.back`, `${name}.back.svc.cluster.local`],
    servicePort: 80,
    timeouts: {},
    endpoints: ports.map((port, replica) => ({ replica, port })),
    ...more,
  };
}

export async function startPlane(options: PlaneOptions): Promise<TestPlane> {
  const folder = await mkdtemp(join(tmpdir(), `opta-plane-${randomBytes(2).toString('hex')}`));
  const system = testSystem(join(folder, 'data'));
  const authority = await openAuthority(system);
  const hosts = ['back.localhost', '*.back.localhost', 'localhost', '127.0.0.1'];
  const files = await issueServerCertificate(system, authority, hosts, join(folder, 'certificates'));
  const issuer = await issueIdentityIssuer(system, authority, join(folder, 'certificates'));
  const config: DataPlaneConfig = {
    ingress: {
      httpsPort: await freePort(),
      httpPort: await freePort(),
      certificateFile: files.certificateFile,
      keyFile: files.keyFile,
      routes: options.routes ?? [],
    },
    mesh: { rootFile: authority.certificateFile, issuerFile: issuer.certificateFile, issuerKeyFile: issuer.keyFile },
    ...(options.metricsPort !== undefined && { metricsPort: options.metricsPort }),
    ...(options.spansPort !== undefined && { spansPort: options.spansPort }),
    ...(options.spansTo !== undefined && { spansTo: options.spansTo }),
    upstreams: options.upstreams,
    outbound: options.outbound ?? [],
    ...(options.parentProxy && { parentProxy: options.parentProxy }),
  };
  const replies = new Map<number, (reply: DataPlaneReply) => void>();
  let deliver = (_message: unknown): void => {};
  let hangUp = (): void => {};
  const channel: DataPlaneChannel = {
    onMessage: (act) => (deliver = act),
    send: (reply) => replies.get(reply.seq)?.(reply),
    onClose: (act) => (hangUp = act),
  };
  const ended = runDataPlane(system, channel, options.leafMs === undefined ? {} : { leafMs: options.leafMs });
  let seq = 0;
  const request = (message: Unnumbered<DataPlaneRequest>): Promise<DataPlaneReply> => {
    seq += 1;
    const id = seq;
    return new Promise((resolve) => {
      replies.set(id, resolve);
      deliver({ ...message, seq: id });
    });
  };
  const reply = await request({ type: 'config', config });
  if (!reply.ok) throw new Error(reply.message);
  return {
    httpsPort: config.ingress.httpsPort,
    httpPort: config.ingress.httpPort,
    ca: authority.certificate,
    config,
    request,
    close: async () => {
      hangUp();
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

export { freePort };
