/** `opta dev down` on kind. */
import { planDown } from '../../targets/kind/plan/down.ts';
import { standing } from '../../targets/kind/survey.ts';
import { type ExitCode, given, type Invocation, projectFolder } from '../invocation.ts';
import { runOnStage } from '../run-plan.ts';
import { inTurn } from './turn.ts';

export async function downOnKind(invocation: Invocation): Promise<ExitCode> {
  const folder = projectFolder(invocation, 'above');
  return inTurn(invocation, folder, async () => {
    const found = await standing(invocation.system, folder);
    return runOnStage(invocation, planDown({ ...found, volumes: given(invocation, 'volumes') }));
  });
}
