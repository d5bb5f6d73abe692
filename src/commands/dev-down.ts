/** `opta dev down`: stops what `opta dev up` started; `--volumes` deletes the data too. */
import { planDown } from '../targets/process/plan/down.ts';
import { type ExitCode, given, type Invocation, projectFolder } from './invocation.ts';
import { runOnStage } from './run-plan.ts';
import { targetsToClear } from './target.ts';

export async function devDown(invocation: Invocation): Promise<ExitCode> {
  const options = {
    projectFolder: projectFolder(invocation, 'above'),
    volumes: given(invocation, 'volumes'),
    force: invocation.force,
  };
  let code: ExitCode = 0;
  for (const target of targetsToClear(invocation, options.volumes)) {
    const ended =
      target === 'kind'
        ? await (await import('./on-kind/down.ts')).downOnKind(invocation)
        : await runOnStage(invocation, planDown(options));
    if (code === 0) code = ended;
  }
  return code;
}
