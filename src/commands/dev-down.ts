/** `opta dev down`: stops what `opta dev up` started; `--volumes` deletes the data too. */
import { planDown } from '../targets/process/plan/down.ts';
import { type ExitCode, given, type Invocation, projectFolder } from './invocation.ts';
import { runOnStage } from './run-plan.ts';

export async function devDown(invocation: Invocation): Promise<ExitCode> {
  const options = {
    projectFolder: projectFolder(invocation, 'above'),
    volumes: given(invocation, 'volumes'),
    force: invocation.force,
  };
  return runOnStage(invocation, planDown(options));
}
