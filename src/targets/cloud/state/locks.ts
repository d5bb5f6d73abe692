/** Locks of stacks: who holds one, and whether it may be taken away. */
import { hostname } from 'node:os';
import { UserError } from '../../../errors.ts';
import type { System } from '../../../system/system.ts';
import type { ObjectDoor } from '../account/objects.ts';
import type { Backend } from '../operation.ts';
import { stateFiles } from './files.ts';

interface Lock {
  /** In the state. */
  readonly name: string;
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  /** ISO 8601, when it was taken. */
  readonly timestamp: string;
  /** Taken on this machine by a process that is gone: nobody will ever release it. */
  readonly stale: boolean;
}

/** Locks of a stack. Where the state is neither in files nor in a bucket that is given, the engine itself says that it is locked. */
export async function locksOf(backend: Backend, { processes }: System, objects?: ObjectDoor): Promise<readonly Lock[]> {
  const files = stateFiles(backend, objects);
  if (files === undefined) return [];
  const names = await files.list(`.pulumi/locks/organization/${backend.project}/${backend.stack}`);
  const found = names.filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(found.map((name) => files.read(name)));
  return found.flatMap((name, at): Lock[] => {
    const text = texts[at];
    // Its holder has just let go of it.
    if (text === undefined) return [];
    const held = JSON.parse(text) as Omit<Lock, 'name' | 'stale'>;
    const stale = held.hostname === hostname() && processes.startTime(held.pid) === undefined;
    return [
      {
        name,
        pid: held.pid,
        username: held.username,
        hostname: held.hostname,
        timestamp: held.timestamp,
        stale,
      },
    ];
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
export async function refuseLocked(backend: Backend, system: System): Promise<void> {
  const locks = await locksOf(backend, system);
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
export async function clearStale(backend: Backend, system: System, objects?: ObjectDoor): Promise<readonly Lock[]> {
  const files = stateFiles(backend, objects);
  const locks = await locksOf(backend, system, objects);
  for (const { name, stale } of locks) if (stale) await files?.remove(name);
  return locks.filter(({ stale }) => !stale);
}
