/** Process groups: who is in one, and how one is ended without ever touching a process that is not ours. */
import { readdirSync, readFileSync } from 'node:fs';
import type { System } from '../../../system/system.ts';

/** Milliseconds that the kernel may need to end what was killed, on a machine that is busy beyond measure. */
export const killedWithin = 30_000;

/** The variable that marks every process started for a project. */
export const markVariable = 'OPTA_PROJECT';

/** Pids of the living members of a group, from /proc; undefined where there is no /proc. */
export function membersOf(system: System, group: number): readonly number[] | undefined {
  if (system.platform !== 'linux') return undefined;
  const members: number[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readProc(`/proc/${pid}/stat`);
    if (stat === undefined) continue;
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(pgrp) === group && state !== 'Z' && state !== 'X') members.push(pid);
  }
  return members;
}

/** True when the process was started with the mark of this project. */
export function bearsMark(pid: number, mark: string): boolean {
  const environment = readProc(`/proc/${pid}/environ`);
  return environment?.split('\0').includes(`${markVariable}=${mark}`) ?? false;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

/** True when the group has a member that runs. */
export function groupLives(system: System, group: number): boolean {
  if (!system.processes.signal(-group, 0)) return false;
  // The kernel counts zombies as members; one whose parent never reaps it must not hold up a stop.
  return (membersOf(system, group)?.length ?? 1) > 0;
}

/** Waits until `gone` holds, at most `ms`. Nothing tells of the end of a process that is not our child, hence the short poll. */
export async function waitGone(system: System, ms: number, gone: () => boolean): Promise<boolean> {
  const end = system.clock.monotonic() + ms;
  let pause = 5;
  while (!gone()) {
    if (system.clock.monotonic() >= end) return false;
    await system.clock.sleep(pause);
    pause = Math.min(pause * 1.5, 50);
  }
  return true;
}
