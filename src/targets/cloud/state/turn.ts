/**
 * One promotion of an environment at a time from this machine: two would share work folders, settings and a plan that the
 * other is about to change. Promotions of other machines are kept out by the locks of the stacks.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../../../errors.ts';
import type { System } from '../../../system/system.ts';

interface Holder {
  readonly pid: number;
  /** ISO 8601 */
  readonly since: string;
}

/** The kernel lets go of it when its process ends, however it ends. */
function locked(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database.close();
    if ((error as { readonly errcode?: number }).errcode === busy) return undefined;
    throw error;
  }
}

/** SQLITE_BUSY */
const busy = 5;

function holderIn(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    // Whoever took it has not written this yet.
    return undefined;
  }
}

/** Takes the turn of the environment in `folder`; the answer gives it back. Throws UserError `stack-locked`. */
export function takeTurn({ clock, pid }: System, folder: string, environment: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const told = join(folder, 'turn.json');
  const turn = locked(join(folder, 'turn.lock'));
  if (turn === undefined) {
    const holder = holderIn(told);
    const who = holder === undefined ? 'another process' : `process ${holder.pid}, since ${holder.since}`;
    throw new UserError('stack-locked', `${environment} is being worked on from this machine already`, {
      detail: [`  by ${who}`],
      hints: ['Wait for it to end, then run the same command again.'],
    });
  }
  const holder: Holder = { pid, since: new Date(clock.now()).toISOString() };
  writeFileSync(told, JSON.stringify(holder), { mode: 0o600 });
  return () => turn.close();
}
