/** `opta dev resume`: a stopped cluster goes on where it stood. */
import { onlyOnKind } from './dev-stop.ts';
import { type ExitCode, type Invocation, projectFolder } from './invocation.ts';
import { runOnStage } from './run-plan.ts';

export async function devResume(invocation: Invocation): Promise<ExitCode> {
  onlyOnKind(invocation, 'resume', '`opta dev up` starts what is not there.');
  const { standing } = await import('../targets/kind/survey.ts');
  const { planResume } = await import('../targets/kind/plan/stop.ts');
  const { inTurn } = await import('./on-kind/turn.ts');
  const folder = projectFolder(invocation, 'above');
  return inTurn(invocation, folder, async () =>
    runOnStage(invocation, planResume(await standing(invocation.system, folder))),
  );
}
