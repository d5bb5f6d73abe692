/** `opta state unlock`: takes away locks of this machine whose process is gone, and no others. */
import { clearStale, locksOf } from '../targets/cloud/state/locks.ts';
import { findingsOf } from '../targets/cloud/state/standing.ts';
import { stateOf } from './cloud/state.ts';
import type { ExitCode, Invocation } from './invocation.ts';

export async function stateUnlock(invocation: Invocation): Promise<ExitCode> {
  const { system } = invocation;
  const { backends, objects } = await stateOf(invocation);
  for (const [stack, backend] of backends) {
    const before = (await locksOf(backend, system, objects)).length;
    const left = await clearStale(backend, system, objects);
    if (before > left.length) system.stdout.write(`${stack}: unlocked\n`);
  }
  const held = (await findingsOf(backends, system, objects)).filter(({ kind }) => kind === 'locked');
  for (const { stack, message, advice } of held) system.stdout.write(`${stack}: ${message}\n  ${advice}\n`);
  return held.length === 0 ? 0 : 1;
}
