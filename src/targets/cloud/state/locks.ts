/** Locks of stacks: who holds one, and whether it may be taken away. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../../errors.ts';
import type { System } from '../../../system/system.ts';
import type { Backend } from '../operation.ts';

interface Lock {
  readonly file: string;
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  /** ISO 8601, when it was taken. */
  readonly timestamp: string;
  /** Taken on this machine by a process that is gone: nobody will ever release it. */
  readonly stale: boolean;
}

/** Locks of a stack. Only backends of files show theirs; with others the engine itself says that it is locked. */
export function locksOf({ url, project, stack }: Backend, { processes }: System): readonly Lock[] {
  if (!url.startsWith('file://')) return [];
  const folder = join(fileURLToPath(url), '.pulumi', 'locks', 'organization', project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name): Lock => {
      const file = join(folder, name);
      const held = JSON.parse(readFileSync(file, 'utf8')) as Omit<Lock, 'file' | 'stale'>;
      const stale = held.hostname === hostname() && processes.startTime(held.pid) === undefined;
      return {
        file,
        pid: held.pid,
        username: held.username,
        hostname: held.hostname,
        timestamp: held.timestamp,
        stale,
      };
    });
}

/** `2 h 5 min` from an ISO time until `now`. */
function ageOf(timestamp: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(timestamp)) / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const holderOf = ({ username, hostname: host, pid, timestamp }: Lock, now: number): string =>
  `${username}@${host}, process ${pid}, for ${ageOf(timestamp, now)}`;

/** Throws `stack-locked` when somebody holds the stack. */
export function refuseLocked(backend: Backend, system: System): void {
  const locks = locksOf(backend, system);
  if (locks.length === 0) return;
  const hint = locks.every(({ stale }) => stale)
    ? 'The process that held it is gone: run opta state unlock, then promote again.'
    : 'Wait for it to end; opta state doctor shows who holds the lock and since when.';
  throw new UserError('stack-locked', `the stack ${backend.project} of ${backend.stack} is locked`, {
    detail: locks.map((lock) => `  held by ${holderOf(lock, system.clock.now())}`),
    hints: [hint],
  });
}

/** Takes away what nobody holds any more; the answer is what it had to leave. */
export function clearStale(backend: Backend, system: System): readonly Lock[] {
  const locks = locksOf(backend, system);
  for (const { file, stale } of locks) {
    // What the engine notes of a file beside it.
    if (stale) for (const one of [file, `${file}.attrs`]) rmSync(one, { force: true });
  }
  return locks.filter(({ stale }) => !stale);
}
