/** The lock of a project: held by its one supervisor, let go by the kernel when that dies, so it is never stale. */
import { rmSync, statSync } from 'node:fs';
import { UserError } from '../../../errors.ts';

export interface Lock {
  /** False once the file was removed or replaced by somebody else: others can take the lock then. */
  holds(): boolean;
  /** Removes the file and lets go; once is enough. */
  release(): void;
}

function identity(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found && `${found.dev}:${found.ino}:${found.birthtimeNs}`;
}

/**
 * Takes the lock, or answers undefined when another process holds it.
 * SQLite is used for its file lock only: Node itself has no way to ask the kernel for one.
 */
export async function takeLock(path: string): Promise<Lock | undefined> {
  const { DatabaseSync } = await import('node:sqlite');
  for (;;) {
    const database = new DatabaseSync(path);
    const opened = identity(path);
    try {
      database.exec('PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (/locked|busy/i.test(String(error))) return undefined;
      throw new UserError('folder-not-writable', `cannot lock ${path} (${String(error)})`, {
        hints: ['Keep the project on a local disk: some network file systems have no locks.'],
        cause: error,
      });
    }
    // The holder before us may have removed the file between our opening and locking it: then we hold nothing.
    if (opened !== undefined && identity(path) === opened) {
      let held = true;
      const holds = () => held && identity(path) === opened;
      return {
        holds,
        release() {
          if (!held) return;
          if (holds()) rmSync(path, { force: true });
          held = false;
          database.close();
        },
      };
    }
    database.close();
  }
}
