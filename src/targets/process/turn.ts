/** One `up` of a project at a time: what one has looked at would change under it while another one works. */
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from '../../system/system.ts';
import { stateFolder } from './supervisor/index.ts';
import { type Lock, takeLock } from './supervisor/lock.ts';

/** Milliseconds between two tries; the kernel tells nobody when a lock is let go. */
const pause = 50;

export interface Turn {
  /** Ends it; once is enough. A state folder with nothing else in it goes too. */
  end(): void;
}

/**
 * Waits for the end of another `up` of this project, calling `waits` once when there is one.
 * Throws the signal's reason, or a file error when the folder cannot be written.
 */
export async function takeTurn(
  system: System,
  projectFolder: string,
  { signal, waits }: { readonly signal: AbortSignal; readonly waits: () => void },
): Promise<Turn> {
  const { path } = stateFolder(system, projectFolder);
  for (let told = false; ; told = true) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const lock = await takeLock(join(path, 'up.lock'));
    if (lock) return { end: () => end(lock, path) };
    if (!told) waits();
    await system.clock.sleep(pause, signal);
  }
}

function end(lock: Lock, folder: string): void {
  lock.release();
  try {
    rmdirSync(folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // A mount or a link stays as well, as it is not ours to remove.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY', 'ENOTDIR'].includes(code)) throw error;
  }
}
