/** The nodes of a project's cluster: made by kind under our own names, started again, and asked how they are. */
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { UserError } from '../../errors.ts';
import { writeWhole } from '../../platform/certificates.ts';
import type { System } from '../../system/system.ts';
import { type ClusterWish, clusterConfig } from './cluster-config.ts';
import { type Engine, engineTrouble } from './engine.ts';
import type { KindFolder } from './folder.ts';

export interface Creation {
  /** Resolves when the nodes' containers run, before Kubernetes does; rejects when it comes to nothing. */
  readonly nodes: Promise<void>;
  /** Resolves when Kubernetes answers. Rejects with UserError `cluster-failed` or `port-taken`. */
  readonly done: Promise<void>;
}

export interface CreateOptions extends ClusterWish {
  readonly system: System;
  readonly engine: Engine;
  /** Program of kind. */
  readonly kind: string;
  /** Folder of the installed package. */
  readonly packageRoot: string;
  readonly signal: AbortSignal;
  /** Told the pid of kind, before it does anything that lasts. */
  readonly onStart: (pid: number) => Promise<void>;
  /** What kind does now. */
  readonly note: (what: string) => void;
}

/** Environment of kind: our network and engine, and no way to the user's own kubeconfig. */
function kindEnvironment(system: System, engine: Engine, folder: KindFolder) {
  return {
    ...system.env,
    KUBECONFIG: folder.kubeconfig,
    KIND_EXPERIMENTAL_PROVIDER: engine.name,
    [`KIND_EXPERIMENTAL_${engine.name.toUpperCase()}_NETWORK`]: folder.name,
  };
}

/** Begins to create the cluster; what is half made is the caller's to delete. */
export function createCluster(options: CreateOptions): Creation {
  const { engine, folder, kind, note } = options;
  let prepared = () => {};
  const nodes = new Promise<void>((resolve) => {
    prepared = resolve;
  });
  const onLine = (line: string) => {
    // ` ✓ Preparing nodes 📦`; marks and pictures are kind's, not ours.
    const said = /^\s*([•✓✗])\s*(.*?)[^\w.)]*$/u.exec(line.replace(/\p{Extended_Pictographic}|\uFE0F/gu, ''));
    const what = said?.[2]?.trim() ?? '';
    if (said?.[1] === '✓' && what.startsWith('Preparing nodes')) prepared();
    else if (said?.[1] === '•' && what !== '') note(what.replace(/[ .]+$/, '').toLowerCase());
  };
  const work = async () => {
    const text = await readFile(join(options.packageRoot, 'kind', 'cluster.yaml'), 'utf8');
    await writeWhole(folder.config, clusterConfig(text, options), 0o600);
    const place = ['--config', folder.config, '--kubeconfig', folder.kubeconfig];
    const argv = [kind, 'create', 'cluster', '--name', folder.name, ...place];
    const ended = await inGroup(options, argv, onLine);
    if (ended.code !== 0) throw creationFailed(engine, folder, ended.lines);
    await chmod(folder.kubeconfig, 0o600);
  };
  const done = work();
  // Whoever waits for the nodes only must hear of a failure too; nobody may be left with an unhandled one.
  const early = Promise.race([nodes, done]);
  early.catch(() => {});
  done.catch(() => {});
  return { nodes: early, done };
}

/** Runs kind in a process group of its own, so that it and what it started can be ended together. */
async function inGroup(
  { system, engine, folder, signal, onStart }: CreateOptions,
  argv: readonly string[],
  onLine: (line: string) => void,
): Promise<{ readonly code: number | undefined; readonly lines: readonly string[] }> {
  signal.throwIfAborted();
  const env = kindEnvironment(system, engine, folder);
  const child = system.processes.spawn(argv, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const read = async (input: Readable | undefined) => {
    if (input === undefined) return;
    for await (const line of createInterface({ input })) {
      lines.push(line);
      onLine(line);
    }
  };
  const end = () => void (child.pid !== undefined && system.processes.signal(-child.pid, 'SIGKILL'));
  signal.addEventListener('abort', end, { once: true });
  try {
    if (child.pid !== undefined) await onStart(child.pid);
    const [{ code, error }] = await Promise.all([child.ended, read(child.stdout), read(child.stderr)]);
    if (error) throw error;
    signal.throwIfAborted();
    return { code, lines: lines.filter((line) => line.trim() !== '') };
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Ends a kind that a killed run left at work. */
export async function endMaker(system: System, maker: { readonly pid: number; readonly startTime: string }) {
  const isAlive = () => system.processes.startTime(maker.pid) === maker.startTime;
  if (!isAlive()) return;
  system.processes.signal(-maker.pid, 'SIGKILL');
  while (isAlive()) await system.clock.sleep(20);
}

function creationFailed(engine: Engine, folder: KindFolder, lines: readonly string[]): UserError {
  const text = lines.join('\n');
  if (/already exist for a cluster|container name .* is already in use/i.test(text)) {
    return new UserError('name-taken', `${engine.name} has containers of a cluster ${folder.name} already`, {
      detail: lines.slice(-4),
      hints: [
        `See \`${engine.name} ps --all\`; when they are left of a run that was killed, run \`opta dev up\` again.`,
      ],
    });
  }
  const known = engineTrouble(engine, text);
  if (known !== undefined) return known;
  return new UserError('cluster-failed', `kind could not make the cluster ${folder.name}`, {
    detail: lines.slice(-12),
    hints: ['Run `opta dev up` again: it begins anew.', 'See docs/kind.md for what a machine needs.'],
  });
}
