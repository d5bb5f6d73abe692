/** Finds the supervisor of a project, or starts one in a session of its own. */
import { closeSync, openSync } from 'node:fs';
import { UserError } from '../../../errors.ts';
import type { System } from '../../../system/system.ts';
import { connect, type SupervisorClient } from './client.ts';
import { errorOf } from './failures.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from './folder.ts';
import type { Started } from './supervise.ts';

export interface StartOptions {
  /** argv that runs `supervise` for this project, such as `[node, opta.js, '--supervise', folder]`. */
  readonly command: readonly string[];
  readonly signal?: AbortSignal;
}

export interface StartedClient extends SupervisorClient {
  /** False when it ran already, or when another starter was quicker. */
  readonly startedHere: boolean;
}

/** Milliseconds for all tries together: one that is stopping is waited for, grace periods included. */
const deadline = 60_000;

/** Starts a supervisor's process; resolves with what it says of its start. */
async function spawnSupervisor(system: System, folder: StateFolder, command: readonly string[]): Promise<Started> {
  const log = openSync(folder.ownLog, 'a', 0o600);
  const running = system.processes.spawn(command, {
    cwd: folder.project,
    env: system.env,
    detached: true,
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  const { stdout } = running;
  const said = await new Promise<string>((resolve, reject) => {
    let got = '';
    stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      got += chunk;
      if (got.includes('\n')) resolve(got);
    });
    stdout?.once('close', () => resolve(got));
    running.ended.then(({ error }) => error && reject(error));
  });
  stdout?.destroy();
  running.unref();
  try {
    return JSON.parse(said.split('\n')[0] ?? '') as Started;
  } catch {
    throw new UserError('supervisor-ended', 'the supervisor ended while it started', {
      hints: [`Its own log is ${folder.ownLog}.`],
    });
  }
}

/**
 * The client of the project's one supervisor: of two starters at once, one starts it and both get it.
 * What a dead one left is ended first. Throws `folder-not-writable`, `supervisor-ended`.
 */
export async function startSupervisor(
  system: System,
  projectFolder: string,
  options: StartOptions,
): Promise<StartedClient> {
  const folder = stateFolder(system, projectFolder);
  const { clock } = system;
  const end = clock.monotonic() + deadline;
  let startedHere = false;
  prepareStateFolder(folder);
  for (;;) {
    const client = await connect(system, projectFolder);
    // One that was started here goes to the caller even after an abort: only that one can stop it.
    if (client && !client.hello.stopping) return { ...client, startedHere };
    options.signal?.throwIfAborted();
    if (client) await client.closed;
    if (clock.monotonic() > end) {
      const hints = ['Look for processes of it with `opta dev status`; `opta dev prune` ends what is left.'];
      throw new UserError(
        'supervisor-ended',
        'no supervisor could be started: another one holds the lock but does not answer',
        { hints },
      );
    }
    const started = await spawnSupervisor(system, folder, options.command);
    if (started.state === 'failed') throw errorOf(started.failure);
    startedHere = started.state === 'ready';
    // The winner of the race may not listen yet, or one on its way out has not let go yet.
    if (started.state === 'taken') await clock.sleep(30, options.signal);
  }
}
