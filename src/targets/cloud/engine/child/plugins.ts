/** The processes of an engine: they outlive it when it is killed, and may still be making something. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Marked, System } from '../../../../system/system.ts';

interface Run {
  /** Who runs it: while it lives, the run is its own and nobody else ends it. */
  readonly owner: Noted;
  readonly noted: readonly Noted[];
}

interface Noted {
  readonly pid: number;
  /** Tells this life of the pid from another. */
  readonly started: string;
}

/** How long something that is being made may go on before its plugin is ended: 30 s, after which the cloud is asked. */
const patienceMs = 30_000;

const fileOf = (workFolder: string): string => join(workFolder, 'plugins.json');

/**
 * What an engine and all that it starts bear: an engine that is killed before its plugins were written down leaves them
 * behind all the same. Read on Linux only.
 */
const variable = 'OPTA_STACK_RUN';

export function markOf(system: System, workFolder: string): Readonly<Record<string, string>> {
  return { [variable]: JSON.stringify({ owner: lifeOf(system, system.pid), workFolder }) };
}

const lifeOf = ({ processes }: System, pid: number): Noted => ({ pid, started: processes.startTime(pid) ?? '' });

const lives = ({ processes }: System, { pid, started }: Noted): boolean => processes.startTime(pid) === started;

/** Writes down the engine and what it started. */
export async function notePlugins(system: System, workFolder: string, engine: number): Promise<void> {
  const listed = await system.processes.run(['ps', '-A', '-o', 'pid=,ppid=']);
  const pairs = listed.stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const pids = [engine, ...pairs.filter(([, parent]) => parent === engine).map(([pid = 0]) => pid)];
  const noted = pids.map((pid) => lifeOf(system, pid)).filter(({ started }) => started !== '');
  writeFileSync(fileOf(workFolder), JSON.stringify({ owner: lifeOf(system, system.pid), noted } satisfies Run));
}

/** The processes of runs whose owner is gone, or is us: engines first, since they wait for what their plugins make. */
function left(system: System, workFolder: string): readonly (readonly Noted[])[] {
  const endable = (owner: Noted): boolean => owner.pid === system.pid || !lives(system, owner);
  const file = fileOf(workFolder);
  const run = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Run) : undefined;
  const [engine, ...plugins] = run !== undefined && endable(run.owner) ? run.noted : [];
  const marked = system.processes.startedWith(variable).filter(({ value }) => {
    const mark = JSON.parse(value) as { readonly owner: Noted; readonly workFolder: string };
    return mark.workFolder === workFolder && endable(mark.owner);
  });
  const pids = new Set(marked.map(({ pid }) => pid));
  const asNoted = (some: readonly Marked[]): readonly Noted[] => some.map(({ pid }) => lifeOf(system, pid));
  const roots = asNoted(marked.filter(({ parent }) => !pids.has(parent)));
  const below = asNoted(marked.filter(({ parent }) => pids.has(parent)));
  return [engine === undefined ? roots : [engine, ...roots], [...plugins, ...below]];
}

/** Waits until those of an earlier run have ended, and ends them when they take too long. */
export async function endPlugins(system: System, workFolder: string): Promise<void> {
  const groups = left(system, workFolder);
  for (const some of groups) {
    for (const one of some) if (lives(system, one)) system.processes.signal(one.pid, 'SIGTERM');
    const until = system.clock.monotonic() + patienceMs;
    while (some.some((one) => lives(system, one)) && system.clock.monotonic() < until) await system.clock.sleep(50);
  }
  const all = groups.flat();
  for (const one of all) if (lives(system, one)) system.processes.signal(one.pid, 'SIGKILL');
  while (all.some((one) => lives(system, one))) await system.clock.sleep(20);
  if (all.length > 0) rmSync(fileOf(workFolder), { force: true });
}
