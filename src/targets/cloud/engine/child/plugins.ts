/** The processes of an engine: they outlive it when it is killed, and may still be making something. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from '../../../../system/system.ts';

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

/** Writes down the engine and what it started. */
export async function notePlugins(system: System, workFolder: string, engine: number): Promise<void> {
  const listed = await system.processes.run(['ps', '-A', '-o', 'pid=,ppid=']);
  const pairs = listed.stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const pids = [engine, ...pairs.filter(([, parent]) => parent === engine).map(([pid = 0]) => pid)];
  const life = (pid: number): Noted => ({ pid, started: system.processes.startTime(pid) ?? '' });
  const run: Run = { owner: life(system.pid), noted: pids.map(life).filter(({ started }) => started !== '') };
  writeFileSync(fileOf(workFolder), JSON.stringify(run));
}

const lives = ({ processes }: System, { pid, started }: Noted): boolean => processes.startTime(pid) === started;

/** Waits until those of an earlier run have ended, and ends them when they take too long. */
export async function endPlugins(system: System, workFolder: string): Promise<void> {
  const file = fileOf(workFolder);
  if (!existsSync(file)) return;
  const { owner, noted } = JSON.parse(readFileSync(file, 'utf8')) as Run;
  if (owner.pid !== system.pid && lives(system, owner)) return;
  // The engine first: it waits for what its plugins are making and writes that down.
  const [engine, ...plugins] = noted;
  for (const some of [engine === undefined ? [] : [engine], plugins]) {
    for (const one of some) if (lives(system, one)) system.processes.signal(one.pid, 'SIGTERM');
    const until = system.clock.monotonic() + patienceMs;
    while (some.some((one) => lives(system, one)) && system.clock.monotonic() < until) await system.clock.sleep(50);
  }
  for (const one of noted) if (lives(system, one)) system.processes.signal(one.pid, 'SIGKILL');
  while (noted.some((one) => lives(system, one))) await system.clock.sleep(20);
  rmSync(file, { force: true });
}
