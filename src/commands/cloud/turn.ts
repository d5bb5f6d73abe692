/** Commands that change an environment: one at a time, and what is refused is said as other failures are. */
import { failureOf } from '../../engine/failure.ts';
import { UserError } from '../../errors.ts';
import { takeTurn } from '../../targets/cloud/state/turn.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { onStage } from '../run-plan.ts';
import { exitOf } from './exit.ts';
import type { CloudProject } from './situation.ts';

/** Says no with a finding of its own, since no step of a plan did. */
export async function tellRefusal(invocation: Invocation, error: unknown, exit: ExitCode): Promise<ExitCode> {
  const { code, message, hints, detail } = failureOf(error);
  await onStage(invocation, async (stage) => {
    stage.tell([{ severity: 'error', code, message: [message, ...detail].join('\n'), hints }]);
  });
  return exit;
}

/** Runs `act` while nobody else on this machine works on the environment; 14 when somebody does. */
export async function inTurn(
  invocation: Invocation,
  { session }: CloudProject,
  act: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const { places, environment } = session.situation;
  const turn = turnOf(invocation, places.folder, environment.name);
  if (turn instanceof UserError) return tellRefusal(invocation, turn, exitOf(turn.code) ?? 1);
  try {
    return await act();
  } finally {
    turn();
  }
}

function turnOf({ system }: Invocation, folder: string, environment: string): (() => void) | UserError {
  try {
    return takeTurn(system, folder, environment);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
