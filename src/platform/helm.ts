/** Renders charts with `helm template` into objects; what was rendered before is kept, so that a second run starts no helm. */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { UserError } from '../errors.ts';
import { cacheFolder } from '../system/folders.ts';
import type { System } from '../system/system.ts';
import { writeWhole } from './certificates.ts';
import { shortHash } from './manifests/metadata.ts';
import type { Values } from './values.ts';

export interface Chart {
  /** A `.tgz` or a folder. */
  readonly file: string;
  readonly release: string;
  readonly namespace: string;
  readonly values: Values;
  /** Version of Kubernetes to render for, such as `1.35.8`. */
  readonly kubernetes: string;
}

/** Reads a values file of ours. */
export async function readValues(file: string): Promise<Values> {
  const { parse } = await import('yaml');
  return (parse(await readFile(file, 'utf8')) as Values | null) ?? {};
}

/** All objects of a text with YAML documents; lists are taken apart. */
function objectsIn(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text, { logLevel: 'silent' }).flatMap((document) => {
    const object = document.toJS({ maxAliasCount: -1 }) as (KubernetesObject & { items?: KubernetesObject[] }) | null;
    if (object === null || object.kind === undefined) return [];
    return object.kind === 'List' ? (object.items ?? []) : [object];
  });
}

/** `make` once for the same `key`; a file of the cache after that. Never for anything secret. */
async function kept(system: System, key: string, make: () => Promise<readonly KubernetesObject[]>) {
  const file = join(cacheFolder(system), 'rendered', `${shortHash(key)}.json`);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly KubernetesObject[];
  } catch (error) {
    if (!(error instanceof SyntaxError) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const objects = await make();
  await mkdir(dirname(file), { recursive: true });
  await writeWhole(file, JSON.stringify(objects), 0o600);
  return objects;
}

/** A file is the same while its path, size and time are; a pinned one has its sum in its name anyway. */
async function stampOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${file} ${size} ${mtimeMs}`;
}

/** Objects of a file with manifests. */
export async function readManifests(system: System, file: string): Promise<readonly KubernetesObject[]> {
  return kept(system, `manifests 1 ${await stampOf(file)}`, async () => objectsIn(await readFile(file, 'utf8')));
}

/** The environment without the user's own helm settings, plugins and cluster. */
function ownEnvironment(system: System, folder: string) {
  const { PATH, HOME, TMPDIR } = system.env;
  const own = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
  return { PATH, HOME, TMPDIR, ...own, KUBECONFIG: join(folder, 'none') };
}

/** Throws UserError `chart-broken` with what helm says. `helm` gives the program, and is asked only when it is needed. */
export async function render(
  system: System,
  helm: () => Promise<string>,
  chart: Chart,
  signal?: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const { file, release, namespace, values, kubernetes } = chart;
  const key = JSON.stringify(['chart 1', await stampOf(file), release, namespace, values, kubernetes]);
  return kept(system, key, async () => {
    const options = ['--namespace', namespace, '--kube-version', `v${kubernetes}`, '--include-crds', '--no-hooks'];
    const argv = [await helm(), 'template', release, file, ...options, '--values', '-'];
    const { code, stdout, stderr } = await system.processes.run(argv, {
      input: JSON.stringify(values),
      env: ownEnvironment(system, join(cacheFolder(system), 'helm')),
      ...(signal !== undefined && { signal }),
    });
    if (code !== 0) throw broken(chart, stderr);
    return objectsIn(stdout);
  });
}

function broken({ file, release }: Chart, said: string): UserError {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return new UserError('chart-broken', `helm cannot render ${release} from ${file}`, {
    hints: ['See whether the chart and the values of your own fit each other.'],
    detail: lines.slice(0, 15),
  });
}
