/** Ends what a dead supervisor left running, and removes its files. */
import { rmSync, statSync } from 'node:fs';
import type { System } from '../../../system/system.ts';
import { type StateFolder, stateFolder } from './folder.ts';
import { bearsMark, groupLives, killedWithin, membersOf, waitGone } from './groups.ts';
import { type LedgerEntry, readLedger } from './ledger.ts';
import { takeLock } from './lock.ts';

export interface Recovered {
  /** A supervisor lives: nothing was touched. */
  readonly alive: boolean;
  /** What was ended. */
  readonly ended: readonly { readonly id: string; readonly replica: number; readonly pid: number }[];
}

interface Leftover {
  readonly entry: LedgerEntry;
  signal(signal: NodeJS.Signals): void;
  lives(): boolean;
}

/** What still lives of a recorded process, and only when it surely is that one. */
function leftover(system: System, entry: LedgerEntry, mark: string): Leftover | undefined {
  const { processes } = system;
  const leaderLives = () => processes.startTime(entry.pid) === entry.startTime;
  if (leaderLives()) {
    return {
      entry,
      signal: (signal) => {
        if (!leaderLives() && signal !== 'SIGKILL') return;
        processes.signal(entry.leaderOnly && signal !== 'SIGKILL' ? entry.pid : -entry.pid, signal);
      },
      lives: () => groupLives(system, entry.pid),
    };
  }
  const ours = () => membersOf(system, entry.pid)?.filter((pid) => bearsMark(pid, mark)) ?? [];
  if (ours().length === 0) return undefined;
  return {
    entry,
    signal: (signal) => {
      for (const pid of ours()) processes.signal(pid, signal);
    },
    lives: () => ours().length > 0,
  };
}

async function end(system: System, left: Leftover): Promise<void> {
  left.signal(left.entry.stop.signal);
  if (await waitGone(system, left.entry.stop.graceMs, () => !left.lives())) return;
  left.signal('SIGKILL');
  await waitGone(system, killedWithin, () => !left.lives());
}

/** Ends leftovers in order of rank and removes ledger and control socket. Only for the holder of the lock. */
export async function recoverLocked(system: System, folder: StateFolder): Promise<Recovered['ended']> {
  const ledger = readLedger(folder.ledger);
  const left = (ledger?.processes ?? []).flatMap((entry) => leftover(system, entry, folder.mark) ?? []);
  const ranks = [...new Set(left.map(({ entry }) => entry.rank))].sort((a, b) => b - a);
  for (const rank of ranks) {
    await Promise.all(left.filter(({ entry }) => entry.rank === rank).map((one) => end(system, one)));
  }
  for (const path of [ledger?.control, folder.control]) if (path) rmSync(path, { force: true });
  rmSync(folder.ledger, { force: true });
  rmSync(`${folder.ledger}.next`, { force: true });
  return left.map(({ entry: { id, replica, pid } }) => ({ id, replica, pid }));
}

/**
 * After a crash of the supervisor or a reboot: ends what it left, cleans lock and socket.
 * Does nothing while a supervisor lives. A new supervisor does the same by itself before it starts anything.
 */
export async function recover(system: System, projectFolder: string): Promise<Recovered> {
  const folder = stateFolder(system, projectFolder);
  const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;
  if (!isThere(folder.path) || ![folder.ledger, folder.lock, folder.control].some(isThere))
    return { alive: false, ended: [] };
  const lock = await takeLock(folder.lock);
  if (!lock) return { alive: true, ended: [] };
  try {
    return { alive: false, ended: await recoverLocked(system, folder) };
  } finally {
    lock.release();
  }
}
