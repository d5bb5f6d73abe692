/** The local registry: a container beside the nodes, and how nodes find it. */
import { mkdir, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { UserError } from '../../errors.ts';
import { writeWhole } from '../../platform/certificates.ts';
import { manifestTypes } from '../../platform/registry/manifest-types.ts';
import type { System } from '../../system/system.ts';
import { projectLabel, registryName } from './containers.ts';
import { callEngine, type Engine, engineFailed } from './engine.ts';
import type { KindFolder } from './folder.ts';

/** Where images are pushed to and pulled from: the same name on this machine and in the nodes. */
export const registryHost = (port: number): string => `localhost:${port}`;

/** The registry's volume: what was pushed outlives the container. */
export const registryVolume = ({ name }: KindFolder): string => `${name}-registry`;

/** Writes what the nodes mount as /etc/containerd/certs.d. True when it was not so before. */
export async function writeHosts(folder: KindFolder, port: number): Promise<boolean> {
  const address = `http://${registryName(folder)}:5000`;
  // "server" too: what the registry does not have is then missing, and not looked for on the node itself.
  const text = `# The registry under its name inside the cluster's network.\nserver = "${address}"\n\n[host."${address}"]\n  capabilities = ["pull", "resolve"]\n`;
  const place = join(folder.registries, registryHost(port));
  await mkdir(place, { recursive: true });
  const file = join(place, 'hosts.toml');
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return false;
  await writeWhole(file, text, 0o644);
  return true;
}

/** Milliseconds until a registry that was started must answer; its container runs a while before it listens. */
const answerMs = 60_000;

/**
 * Starts the registry's container anew; resolves when it answers. Throws UserError `port-taken`, `engine-failed`, or
 * `registry-silent` with the last lines of its log.
 */
export async function startRegistry(
  system: System,
  engine: Engine,
  folder: KindFolder,
  image: string,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const args = [
    ...['run', '--detach', '--name', registryName(folder), '--network', folder.name],
    ...['--label', `${projectLabel}=${folder.mark}`, '--publish', `127.0.0.1:${port}:5000`],
    ...['--volume', `${registryVolume(folder)}:/var/lib/registry`, '--env', 'OTEL_TRACES_EXPORTER=none', image],
  ];
  const ended = await callEngine(system, engine, args);
  if (ended.code !== 0) throw engineFailed(engine, args, ended);
  const until = system.clock.monotonic() + answerMs;
  // The engine's own listener takes connections before the registry does, and closes them at once.
  for (let wait = 20; !(await registryAnswers(port, signal)); wait = Math.min(wait * 2, 500)) {
    if (system.clock.monotonic() > until) throw await silent(system, engine, folder);
    await system.clock.sleep(wait, signal);
  }
}

async function silent(system: System, engine: Engine, folder: KindFolder): Promise<UserError> {
  const { stdout, stderr } = await callEngine(system, engine, ['logs', '--tail', '12', registryName(folder)]);
  return new UserError('registry-silent', `the local registry does not answer ${answerMs / 1000} s after its start`, {
    detail: `${stdout}${stderr}`.trim().split('\n'),
    hints: ['The lines below are its log; mend that and run this again: what is done stays done.'],
  });
}

/** What the registry says, without its body; undefined when nobody answers. */
async function answerOf(
  port: number,
  method: 'GET' | 'HEAD',
  path: string,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage | undefined> {
  const { request } = await import('node:http');
  const accept = manifestTypes.join(', ');
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { accept }, agent: false, signal });
    asked.setTimeout(5000, () => asked.destroy());
    asked.once('response', (response) => resolve(response.resume()));
    asked.once('error', (error) => (signal?.aborted ? reject(error) : resolve(undefined)));
    asked.end();
  });
}

/** Whether it speaks the registry's protocol by now. */
export async function registryAnswers(port: number, signal: AbortSignal): Promise<boolean> {
  return (await answerOf(port, 'GET', '/v2/', signal))?.statusCode === 200;
}

/** The digest of a tag or digest in the local registry; undefined when it does not have it, or does not answer. */
export async function digestInRegistry(
  port: number,
  repository: string,
  reference: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const answer = await answerOf(port, 'HEAD', `/v2/${repository}/manifests/${reference}`, signal);
  const digest = answer?.headers['docker-content-digest'];
  return answer?.statusCode === 200 && typeof digest === 'string' ? digest : undefined;
}

/** Tells tools in the cluster where the registry is (KEP-1755). */
export function registryNote(port: number): KubernetesObject & { readonly data: Readonly<Record<string, string>> } {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'local-registry-hosting',
      namespace: 'kube-public',
      labels: { 'app.kubernetes.io/managed-by': 'opta' },
    },
    data: { 'localRegistryHosting.v1': `host: "${registryHost(port)}"\n` },
  };
}
