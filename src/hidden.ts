/** The two processes that `opta dev up` starts for itself: the supervisor and the data plane. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ipcChannel } from './system/ipc.ts';
import type { System } from './system/system.ts';

/** argv is `--supervise <project folder>` or `--data-plane`; `entry` is the bin. */
export async function runHidden(system: System, argv: readonly string[], entry: string): Promise<number> {
  if (argv[0] === '--data-plane') {
    const { runDataPlane } = await import('./targets/process/mesh/run.ts');
    await runDataPlane(system, ipcChannel());
    return 0;
  }
  const { supervise } = await import('./targets/process/supervisor/index.ts');
  const about = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as { version: string };
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopped.abort());
  await supervise(system, argv[1] ?? system.cwd, { version: about.version, signal: stopped.signal });
  return 0;
}
