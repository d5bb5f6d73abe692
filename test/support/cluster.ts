/** One real cluster for all tests of the platform: made when first asked for, deleted when the suite ends. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';
import { apply, nameOf } from '../../src/platform/apply.ts';
import { type ClusterClient, openCluster } from '../../src/platform/cluster.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { whyNoCluster } from './mirror.ts';

export const system = nodeSystem();

/** Another checkout's tests have another cluster. */
const name = `opta-tests-${createHash('sha256')
  .update(import.meta.dirname)
  .digest('hex')
  .slice(0, 8)}`;
const folder = join(tmpdir(), name);
/** `KUBECONFIG CONTEXT` of a cluster to use instead; it is not deleted. */
const [givenFile, givenContext] = (process.env['OPTA_TEST_CLUSTER'] ?? '').split(' ');
export const kubeconfigFile = givenFile || join(folder, 'kubeconfig');
export const context = givenContext || `kind-${name}`;
const nodeName = `${context.replace(/^kind-/, '')}-control-plane`;

/** Why tests with a cluster are left out here; said once a file. */
export const noCluster = givenFile ? undefined : whyNoCluster();
if (noCluster !== undefined) process.stderr.write(`left out, there is no cluster to test with: ${noCluster}\n`);

function tool(argv: readonly string[]): string {
  const [file = '', ...args] = argv;
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout;
}

const kubectl = (...args: string[]): string =>
  tool(['kubectl', '--kubeconfig', kubeconfigFile, '--context', context, ...args]);

/** What a killed run has left may be a file for a cluster that is gone. */
function answers(): boolean {
  if (!existsSync(kubeconfigFile)) return false;
  const asked = [
    '--kubeconfig',
    kubeconfigFile,
    '--context',
    context,
    '--request-timeout=5s',
    'get',
    '--raw',
    '/readyz',
  ];
  return spawnSync('kubectl', asked).status === 0;
}

/** One node without ports of this machine, whose API server is set up as in opta's own clusters. */
function clusterConfig(): string {
  const own = parse(readFileSync(join(import.meta.dirname, '../../kind/cluster.yaml'), 'utf8'));
  const { kind, apiVersion, kubeadmConfigPatches } = own as { readonly [key: string]: unknown };
  return stringify({ kind, apiVersion, kubeadmConfigPatches });
}

/** A client of the cluster, which is made now when it is not there. */
export async function testCluster(): Promise<ClusterClient> {
  if (!givenFile && !answers()) {
    mkdirSync(folder, { recursive: true });
    if (tool(['kind', 'get', 'clusters']).split('\n').includes(name))
      tool(['kind', 'delete', 'cluster', '--name', name]);
    const asOurs = join(folder, 'cluster.yaml');
    writeFileSync(asOurs, clusterConfig());
    const image = ['--image', 'kindest/node:v1.34.4', '--config', asOurs];
    tool(['kind', 'create', 'cluster', '--name', name, ...image, '--kubeconfig', kubeconfigFile, '--wait', '120s']);
  }
  kubectl('label', 'node', nodeName, 'opta.dev/ingress=true', '--overwrite');
  return openCluster(system, kubeconfigFile, context);
}

/** Brings an image of the engine into the node; false when the engine has none of that name. */
export function loadImage(ref: string): boolean {
  const archive = join(tmpdir(), `${name}-image.tar`);
  const short = ref.replace('docker.io/library/', '');
  if (spawnSync('docker', ['image', 'inspect', short]).status !== 0) return false;
  try {
    tool(['docker', 'save', '--output', archive, short]);
    tool(['docker', 'cp', archive, `${nodeName}:/image.tar`]);
    tool(['docker', 'exec', nodeName, 'ctr', '--namespace', 'k8s.io', 'images', 'import', '/image.tar']);
    tool(['docker', 'exec', nodeName, 'rm', '/image.tar']);
  } finally {
    rmSync(archive, { force: true });
  }
  return true;
}

/** Called when the suite has ended. */
export function deleteTestCluster(): void {
  if (givenFile || !existsSync(kubeconfigFile)) return;
  tool(['kind', 'delete', 'cluster', '--name', name]);
  rmSync(folder, { recursive: true, force: true });
}

let count = 0;

/** Runs `act` in a namespace that is new, or bears `name`; it is deleted afterwards, in the background. */
export async function inNamespace<T>(
  client: ClusterClient,
  act: (namespace: string) => Promise<T>,
  name = `opta-test-${system.pid}-${++count}`,
): Promise<T> {
  const selection = { apiVersion: 'v1', kind: 'Namespace', fields: `metadata.name=${name}` };
  const isGone = (found: readonly KubernetesObject[]) => found.every(({ metadata }) => !metadata?.deletionTimestamp);
  await client.watch(selection, isGone, AbortSignal.timeout(90_000));
  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await apply(client, [home]);
  try {
    return await act(name);
  } finally {
    await client.remove(nameOf(home));
  }
}
