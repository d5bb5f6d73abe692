/** The shop, or another recipe, on a real cluster of its own, by the real bin; and what of it is left on the engine. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../src/engine/event.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { kindFolder } from '../../src/targets/kind/folder.ts';
import { type BinOptions, type Ended, eventsOf, startBin } from './bin-project.ts';
import { testMirror, whyNoCluster } from './mirror.ts';

/** A folder made by someone with the official parts beats the one that this machine can make. */
const given = process.env['OPTA_E2E_MIRROR'];

/** Why tests of the kind target are left out here; said once a file. */
export const noKind = given === undefined ? whyNoCluster() : undefined;
if (noKind !== undefined) process.stderr.write(`left out, nothing to make a cluster with: ${noKind}\n`);

/** The mirror that they use. */
export const kindMirror = (): string => given ?? testMirror();

export interface KindProject {
  readonly folder: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  readonly kind: ReturnType<typeof kindFolder>;
  opta(args: readonly string[], options?: BinOptions): Promise<Ended>;
  start(args: readonly string[], options?: BinOptions): ReturnType<typeof startBin>;
  up(more?: readonly string[], options?: BinOptions): Promise<Ended & { readonly events: readonly Event[] }>;
  get(path: string, host?: string): Promise<{ readonly status: number; readonly body: string }>;
  kubectl(...args: string[]): string;
  /** Address of this machine as the nodes see it. */
  gateway(): string;
  /** Containers, networks and volumes of the project, and its folder below `.opta`. */
  leftovers(): readonly string[];
  remove(): Promise<void>;
}

function engine(...args: string[]): string[] {
  const { stdout } = spawnSync('docker', args, { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

/** A project made by a recipe. */
export async function makeKindProject(recipe = 'shop'): Promise<KindProject> {
  const { network } = nodeSystem();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'opta-kind-')));
  const kind = kindFolder(folder);
  const [httpsPort, httpPort] = [await network.freePort(), await network.freePort()];
  const env = { OPTA_ON: 'kind', OPTA_MIRROR: kindMirror() };
  const start = (args: readonly string[], options: BinOptions = {}) =>
    startBin(args, { cwd: folder, ...options, env: { ...env, ...options.env } });
  const opta = (args: readonly string[], options?: BinOptions) => start(args, options).ended;
  const made = await opta(['init', '--recipe', recipe, '--yes']);
  if (made.code !== 0) throw new Error(made.stderr);
  return {
    folder,
    httpsPort,
    httpPort,
    kind,
    opta,
    start,
    async up(more = [], options = {}) {
      const ports = existsSync(kind.record) ? [] : ['--https-port', String(httpsPort), '--http-port', String(httpPort)];
      const ended = await opta(['dev', 'up', '--detach', '--json', ...ports, ...more], options);
      const events = eventsOf(ended.stdout);
      return { ...ended, events, stderr: ended.stderr + failuresIn(events) };
    },
    get: (path, host = 'shop.localhost') => answerOf(httpsPort, host, path),
    gateway: () => engine('network', 'inspect', kind.name, '--format', '{{(index .IPAM.Config 0).Gateway}}')[0] ?? '',
    kubectl: (...args) => {
      const place = ['--kubeconfig', kind.kubeconfig, '--context', kind.context];
      const { status, stdout, stderr } = spawnSync('kubectl', [...place, ...args], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return stdout;
    },
    leftovers: () => [
      ...engine('ps', '--all', '--format', 'container {{.Names}}', '--filter', `name=${kind.name}`),
      ...engine('network', 'ls', '--format', 'network {{.Name}}', '--filter', `name=${kind.name}`),
      ...engine('volume', 'ls', '--format', 'volume {{.Name}}', '--filter', `name=${kind.name}`),
      ...[kind.path].filter((path) => existsSync(path)),
    ],
    async remove() {
      await opta(['dev', 'down', '--volumes', '--plain']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What failed, for the message of a test that expected nothing to fail. */
const failuresIn = (events: readonly Event[]): string =>
  events
    .flatMap((event) => (event.type === 'step' && event.state === 'failed' ? [JSON.stringify(event)] : []))
    .map((line) => `${line}\n`)
    .join('');

function answerOf(port: number, host: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: '127.0.0.1', port, path, servername: host, rejectUnauthorized: false, agent: false },
        headers: { host: `${host}:${port}` },
      },
      async (response) => {
        let body = '';
        for await (const chunk of response.setEncoding('utf8')) body += chunk;
        resolve({ status: response.statusCode ?? 0, body });
      },
    );
    asked.once('error', reject);
    asked.end();
  });
}

/** Kind, namespace, name and resourceVersion of all that opta keeps in the cluster, without what moves by itself. */
export function versionsIn({ kubectl }: KindProject): string {
  const kinds = 'deploy,sts,svc,cm,secret,sa,netpol,ingress,ns';
  const columns = 'K:.kind,N:.metadata.namespace,M:.metadata.name,G:.metadata.generation,R:.metadata.resourceVersion';
  const ours = ['-l', 'app.kubernetes.io/managed-by=opta'];
  return kubectl('get', kinds, '--all-namespaces', ...ours, '--no-headers', '--output', `custom-columns=${columns}`);
}
