/** The containers, network and volume of one project, and nothing that is not labelled as ours. */
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { callEngine, type Engine, engineFailed, engineSays } from './engine.ts';
import type { KindFolder } from './folder.ts';

/** On everything we make: whose it is. */
export const projectLabel = 'dev.opta.project';
/** kind's own label of its nodes. */
const nodeLabel = 'io.x-k8s.kind.cluster';

export interface Container {
  readonly name: string;
  readonly isNode: boolean;
  readonly running: boolean;
}

export const registryName = ({ name }: KindFolder): string => `${name}-registry`;

/** True when our network is there. Throws UserError `name-taken` when one of that name is someone else's. */
export async function hasNetwork(system: System, engine: Engine, folder: KindFolder): Promise<boolean> {
  const asked = await callEngine(system, engine, ['network', 'inspect', folder.name, '--format', '{{json .Labels}}']);
  if (asked.code !== 0) {
    if (/not found|no such network|unable to find/i.test(asked.stderr)) return false;
    throw engineFailed(engine, ['network', 'inspect', folder.name], asked);
  }
  const labels = (JSON.parse(asked.stdout.trim() || 'null') ?? {}) as Record<string, string>;
  if (labels[projectLabel] === folder.mark) return true;
  throw new UserError(
    'name-taken',
    `the network ${folder.name} of ${engine.name} was not made by opta for this project`,
    {
      hints: [
        `Nothing was touched. See \`${engine.name} network inspect ${folder.name}\`; remove it or move the project.`,
      ],
    },
  );
}

/**
 * Nodes and registry of the project, running or not. A node counts only inside our own network, which bears our label:
 * kind lets nobody label its nodes.
 */
export async function ownContainers(system: System, engine: Engine, folder: KindFolder): Promise<readonly Container[]> {
  const filters = [`label=${nodeLabel}=${folder.name}`, `label=${projectLabel}=${folder.mark}`];
  const [nodes, others] = await Promise.all(
    filters.map(async (filter) => {
      const text = await engineSays(system, engine, [
        ...['ps', '--all', '--no-trunc', '--filter', filter, '--filter', `network=${folder.name}`],
        ...['--format', '{{.Names}}\t{{.State}}'],
      ]);
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => line.split('\t'));
    }),
  );
  const as = (isNode: boolean) => (fields: readonly string[]) => ({
    name: fields[0] ?? '',
    isNode,
    running: fields[1] === 'running',
  });
  return [...(nodes ?? []).map(as(true)), ...(others ?? []).map(as(false))];
}

/** The container that a port of this machine leads to; undefined when none does, or the engine does not say. */
export async function portHolder(system: System, engine: Engine, port: number): Promise<string | undefined> {
  const { stdout } = await callEngine(system, engine, ['ps', '--no-trunc', '--format', '{{.Names}}\t{{.Ports}}']);
  for (const line of stdout.split('\n')) {
    const [name = '', ports = ''] = line.split('\t');
    // `127.0.0.1:8443->443/tcp, 0.0.0.0:31000-31003->31000-31003/tcp`
    const ranges = [...ports.matchAll(/:(\d+)(?:-(\d+))?->/g)];
    const holds = ranges.some(([, first, last = first]) => Number(first) <= port && port <= Number(last));
    if (holds) return `the container ${name} of ${engine.name}`;
  }
  return undefined;
}

/** Deletes containers with their anonymous volumes. */
export async function removeContainers(
  system: System,
  engine: Engine,
  containers: readonly Container[],
): Promise<void> {
  if (containers.length === 0) return;
  const args = ['rm', '--force', '--volumes', ...containers.map(({ name }) => name)];
  const ended = await callEngine(system, engine, args);
  if (ended.code === 0) return;
  const nodes = containers.filter(({ isNode }) => isNode);
  if (!cannotEnd.test(ended.stderr) || nodes.length === 0) throw engineFailed(engine, args, ended);
  for (const { name } of nodes) await thaw(system, engine, name);
  await engineSays(system, engine, args);
}

/** What Docker says when the processes of a container outlive SIGKILL. */
const cannotEnd = /did not receive an exit event|could not kill/i;

/**
 * With control groups of version 1, a node that is ended while it starts pods leaves processes frozen, and what is frozen
 * does not die. Only the engine's side can set them free, and only those below this container are.
 */
async function thaw(system: System, engine: Engine, node: string): Promise<void> {
  const asked = await callEngine(system, engine, ['inspect', '--format', '{{.Id}} {{.Image}}', node]);
  const [id = '', image = ''] = asked.stdout.trim().split(' ');
  // The engine has removed this one.
  if (asked.code !== 0 || id === '') return;
  const script = 'find /freezer -path "*$1*" -name freezer.state | while read -r one; do echo THAWED > "$one"; done';
  await engineSays(system, engine, [
    ...['run', '--rm', '--privileged', '--network', 'none', '--volume', '/sys/fs/cgroup/freezer:/freezer'],
    ...['--entrypoint', 'sh', image, '-c', script, 'sh', id],
  ]);
}

export async function createNetwork(system: System, engine: Engine, folder: KindFolder): Promise<void> {
  const label = `${projectLabel}=${folder.mark}`;
  await engineSays(system, engine, ['network', 'create', '--driver', 'bridge', '--label', label, folder.name]);
}
