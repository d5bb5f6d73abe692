/** `opta dev resume`: a stopped cluster goes on where it stood. */
import { onlyOnKind } from './dev-stop.ts';
import { type ExitCode, type Invocation, projectFolder } from './invocation.ts';
import { runOnStage } from './run-plan.ts';

export async function devResume(invocation: Invocation): Promise<ExitCode> {
  onlyOnKind(invocation, 'resume', '`opta dev up` starts what is not there.');
  const { standing } = await import('../targets/kind/survey.ts');
  const { planResume } = await import('../targets/kind/plan/stop.ts');
  return runOnStage(invocation, planResume(await standing(invocation.system, projectFolder(invocation, 'above'))));
}
