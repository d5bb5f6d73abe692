/** The lock of a project: held by its one supervisor, let go by the kernel when that dies, so it is never stale. */
import { chmodSync, closeSync, openSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
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
 * SQLite is used for its file lock only: Node itself has no way to ask the kernel for one. Nothing is ever written, and
 * a journal in memory keeps it so: the lock can be taken on a full disk.
 */
export async function takeLock(path: string): Promise<Lock | undefined> {
  const { DatabaseSync: Database } = await import('node:sqlite');
  for (;;) {
    let database: DatabaseSync | undefined;
    let opened: string | undefined;
    makeFile(path);
    try {
      database = new Database(path);
      opened = identity(path);
      database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      database?.close();
      if (/locked|busy/i.test(String(error))) return undefined;
      throw cannotLock(path, error);
    }
    // The holder before us may have removed the file between our opening and locking it: then we hold nothing.
    if (opened !== undefined && identity(path) === opened) {
      let held = true;
      const holds = () => held && identity(path) === opened;
      return {
        holds,
        release() {
          if (!held) return;
          if (holds()) for (const file of [path, `${path}-journal`]) rmSync(file, { force: true });
          held = false;
          database.close();
        },
      };
    }
    database.close();
  }
}

/**
 * For its owner only; SQLite would make it readable for all. A file that is there is not opened: closing it again would
 * let go of a lock that this process holds on it.
 */
function makeFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() && (found.mode & 0o077) !== 0) chmodSync(path, 0o600);
  if (found) return;
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    // Another process was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function cannotLock(path: string, error: unknown): UserError {
  const said = error instanceof Error ? error.message : String(error);
  const cause = error;
  if (/disk is full/.test(said)) {
    const hints = ['Free space, then run it again: what is done stays done.'];
    return new UserError('disk-full', `the disk of ${path} is full`, { hints, cause });
  }
  const hints = [
    'See that your user may write there, and that it is a local disk: some network file systems have no locks.',
  ];
  return new UserError('folder-not-writable', `cannot lock ${path} (${said})`, { hints, cause });
}
