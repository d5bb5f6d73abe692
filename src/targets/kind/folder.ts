/** The project's `.opta/kind` folder: what this machine must remember of the project's cluster. */
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { asFileError } from '../../errors.ts';
import { writeWhole } from '../../platform/certificates.ts';
import type { EngineName } from './engine.ts';

export interface KindFolder {
  readonly project: string;
  /** `.opta`. */
  readonly state: string;
  /** `.opta/kind`. */
  readonly path: string;
  readonly record: string;
  readonly kubeconfig: string;
  /** What nodes see as /etc/containerd/certs.d. */
  readonly registries: string;
  /** Data of the cluster's volumes; survives the cluster. */
  readonly volumes: string;
  /** Digests of what was built. */
  readonly images: string;
  /** Keys and certificates of the platform. */
  readonly platform: string;
  /** What kind was told. */
  readonly config: string;
  readonly secrets: string;
  readonly certificates: string;
  /** Name of the cluster, of its network, and the begin of every container's name: unique on this machine. */
  readonly name: string;
  /** Value of the label `dev.opta.project` on what we make. */
  readonly mark: string;
  /** The context in our kubeconfig. */
  readonly context: string;
}

/** Names only; touches nothing. */
export function kindFolder(projectFolder: string): KindFolder {
  const absolute = resolve(projectFolder);
  const project = existsSync(absolute) ? realpathSync(absolute) : absolute;
  const mark = createHash('sha256').update(project).digest('hex').slice(0, 20);
  const state = join(project, '.opta');
  const path = join(state, 'kind');
  const slug = basename(project)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 20)
    .replace(/-+$/, '');
  // A node's name is a host name: 63 characters at most, `-control-plane` included.
  const name = `opta-${slug === '' ? 'project' : slug}-${mark.slice(0, 6)}`;
  return {
    project,
    state,
    path,
    record: join(path, 'cluster.json'),
    kubeconfig: join(path, 'kubeconfig'),
    registries: join(path, 'registries'),
    volumes: join(path, 'volumes'),
    images: join(path, 'images.json'),
    platform: join(path, 'platform'),
    config: join(path, 'config.yaml'),
    secrets: join(state, 'secrets.json'),
    certificates: join(state, 'certificates'),
    name,
    mark,
    context: `kind-${name}`,
  };
}

export interface ClusterPorts {
  readonly https: number;
  readonly http: number;
  readonly registry: number;
  /** Of this machine, for TCP services, in the order of the node ports 31000 and on. */
  readonly spare: readonly number[];
}

export interface ClusterRecord {
  readonly engine: EngineName;
  /** `creating` is written before the first container: what a crash leaves is known to be half made. */
  readonly state: 'none' | 'creating' | 'created';
  readonly ports: ClusterPorts;
  /** Of the nodes; another one means another cluster. */
  readonly nodeImage: string;
  readonly workers: number;
  /** Of the namespace kube-system. */
  readonly uid?: string;
  /** kind's process while it creates: it outlives a run that is killed. */
  readonly maker?: { readonly pid: number; readonly startTime: string };
}

/** undefined when there is none, or a crash cut it short. */
export async function readRecord(folder: KindFolder): Promise<ClusterRecord | undefined> {
  try {
    return JSON.parse(await readFile(folder.record, 'utf8')) as ClusterRecord;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeRecord(folder: KindFolder, record: ClusterRecord): Promise<void> {
  await prepareFolder(folder);
  await writeWhole(folder.record, `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
}

/** Makes `.opta` (mode 0700, git-ignored) and what is below. Throws UserError `folder-not-writable` or `disk-full`. */
export async function prepareFolder(folder: KindFolder): Promise<void> {
  try {
    await mkdir(folder.path, { recursive: true, mode: 0o700 });
    await Promise.all([
      chmod(folder.state, 0o700),
      mkdir(folder.registries, { recursive: true }),
      mkdir(folder.volumes, { recursive: true }),
    ]);
    const ignore = join(folder.state, '.gitignore');
    if (!existsSync(ignore)) await writeFile(ignore, '*\n');
  } catch (error) {
    throw asFileError(error);
  }
}

/** Forgets the cluster; `everything` forgets the chosen ports and images too. */
export async function forget(folder: KindFolder, everything: boolean): Promise<void> {
  if (everything) {
    await rm(folder.path, { recursive: true, force: true });
    return;
  }
  await rm(folder.kubeconfig, { force: true });
  const record = await readRecord(folder);
  if (record === undefined) return;
  const { uid: _uid, maker: _maker, ...rest } = record;
  await writeRecord(folder, { ...rest, state: 'none' });
}
