/** Starts a process that waits behind a gate until it stands in the ledger, so that no crash of ours leaves an unknown one. */
import type { Running, System } from '../../../system/system.ts';

/** `exec` keeps pid and start time; an end of file (our death) instead of a line ends the child with 125. */
const gate = 'read -r _ || exit 125; exec "$@" </dev/null';

export interface GatedOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ipc: boolean;
}

/** `record` is called with the pid and its start time before the program itself begins; when it throws, the program never does. */
export function spawnGated(
  system: System,
  argv: readonly string[],
  options: GatedOptions,
  record: (pid: number, startTime: string) => void,
): Running {
  const running = system.processes.spawn(['/bin/sh', '-c', gate, 'sh', ...argv], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
  });
  const { pid, stdin } = running;
  if (pid === undefined || !stdin) return running;
  // The child may end before it reads: its end is told by `ended`, not by a broken pipe.
  stdin.on('error', () => {});
  try {
    const startTime = system.processes.startTime(pid);
    if (startTime !== undefined) record(pid, startTime);
    stdin.end('\n');
  } catch (error) {
    stdin.destroy();
    throw error;
  }
  return running;
}
