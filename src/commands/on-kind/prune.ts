/** `opta dev prune` on kind. */
import { planPrune } from '../../targets/kind/plan/prune.ts';
import { standing } from '../../targets/kind/survey.ts';
import { type ExitCode, type Invocation, projectFolder } from '../invocation.ts';
import { runOnStage } from '../run-plan.ts';
import { inTurn } from './turn.ts';

export async function pruneOnKind(invocation: Invocation): Promise<ExitCode> {
  const folder = projectFolder(invocation, 'above');
  return inTurn(invocation, folder, async () =>
    runOnStage(invocation, planPrune(await standing(invocation.system, folder))),
  );
}
