/** The long-lived process behind `opta --supervise`: takes the lock, cleans up after a dead one, serves until it is stopped. */
import { watch } from 'node:fs';
import type { System } from '../../../system/system.ts';
import { failureOf } from './failures.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from './folder.ts';
import { Ledger } from './ledger.ts';
import { type Lock, takeLock } from './lock.ts';
import type { Hello } from './protocol.ts';
import { recoverLocked } from './recover.ts';
import { openControl } from './server.ts';
import { Supervisor } from './supervisor.ts';

export interface SuperviseOptions {
  /** Of this opta. */
  readonly version: string;
  /** Aborted by SIGTERM, SIGINT and SIGHUP: everything is stopped gracefully. */
  readonly signal: AbortSignal;
}

/** The one line on standard output, which tells the starter how it went. */
export type Started =
  | { readonly state: 'ready' }
  /** Another supervisor has the lock. */
  | { readonly state: 'taken' }
  | { readonly state: 'failed'; readonly failure: ReturnType<typeof failureOf> };

/** Milliseconds without a program and without a client until it ends by itself. */
const idleFor = 10_000;

function tell(system: System, started: Started): void {
  // The starter may have gone; the supervisor then lives on until it is idle.
  system.stdout.on('error', () => {});
  system.stdout.write(`${JSON.stringify(started)}\n`);
}

function noteIn(system: System): (text: string) => void {
  system.stderr.on('error', () => {});
  return (text) => void system.stderr.write(`${new Date(system.clock.now()).toISOString()} ${text}\n`);
}

/** Runs until everything is stopped. Says how its start went on standard output, once. */
export async function supervise(system: System, projectFolder: string, options: SuperviseOptions): Promise<void> {
  const folder = stateFolder(system, projectFolder);
  let lock: Lock | undefined;
  try {
    prepareStateFolder(folder);
    lock = await takeLock(folder.lock);
    if (!lock) return tell(system, { state: 'taken' });
    await serve(system, folder, lock, options);
  } catch (error) {
    tell(system, { state: 'failed', failure: failureOf(error) });
    throw error;
  } finally {
    lock?.release();
  }
}

async function serve(system: System, folder: StateFolder, lock: Lock, options: SuperviseOptions): Promise<void> {
  const { signal, version } = options;
  const recovered = await recoverLocked(system, folder);
  const startTime = system.processes.startTime(system.pid) ?? '';
  const ledger = new Ledger(folder.ledger, {
    version: 1,
    supervisor: { pid: system.pid, startTime },
    control: folder.control,
  });
  const note = noteIn(system);
  const supervisor = new Supervisor({ system, folder, ledger, note });
  const over = Promise.withResolvers<void>();
  let ending: Promise<void> | undefined;
  const stop = (force: boolean): Promise<void> => {
    const stopped = supervisor.stop(force);
    ending ??= stopped.then(() => {
      control.unlisten();
      if (lock.holds()) ledger.remove();
      lock.release();
    });
    ending.then(over.resolve, over.reject);
    return ending;
  };
  // A stop that fails is told by `over`.
  const stopNow = () => void stop(false).catch(() => {});
  const hello = (): Hello => ({ version, pid: system.pid, startTime, stopping: supervisor.stopping, recovered });
  let cancelIdle = () => {};
  const mayBeIdle = () => {
    cancelIdle();
    cancelIdle = system.clock.after(idleFor, () => {
      if (supervisor.idle && control.clients() === 0) stopNow();
    });
  };
  const control = await openControl(folder.control, {
    shared: { supervisor, hello, stop },
    note,
    abandoned: stopNow,
    left: mayBeIdle,
  });
  // Whoever deletes the state folder can no longer reach us: nothing may run on unseen.
  const watching = watch(folder.path, () => {
    if (lock.holds()) return;
    control.unlisten();
    ledger.remove();
    stopNow();
  });
  watching.on('error', (error) => note(`state folder: ${error.message}`));
  if (signal.aborted) stopNow();
  signal.addEventListener('abort', stopNow, { once: true });
  mayBeIdle();
  tell(system, { state: 'ready' });
  await over.promise;
  cancelIdle();
  watching.close();
  // Lets the answers to those who asked for the stop go out first.
  await system.clock.sleep(1);
  await control.close();
}
