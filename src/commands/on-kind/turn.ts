/** One command at a time changes the cluster of a project. */
import { takeTurn } from '../../targets/process/open.ts';
import type { Invocation } from '../invocation.ts';

/** Waits for another `up`, `down`, `stop` or `resume` of the project, and says so. */
export async function inTurn<T>({ system, signal }: Invocation, folder: string, act: () => Promise<T>): Promise<T> {
  const waits = () => void system.stderr.write('waiting for another command on the cluster of this project\n');
  const turn = await takeTurn(system, folder, { signal, waits });
  try {
    return await act();
  } finally {
    turn.end();
  }
}
