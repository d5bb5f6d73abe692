/** `opta dev up` on kind. */
import { join } from 'node:path';
import { readApp } from '../../app/read.ts';
import { selectServices } from '../../app/select.ts';
import { openArtifacts } from '../../platform/artifacts.ts';
import { readSettings } from '../../system/settings.ts';
import { planUp } from '../../targets/kind/plan/up.ts';
import { survey, type UpOptions } from '../../targets/kind/survey.ts';
import { definitionOptions, type ExitCode, type Invocation, text, wrongValue } from '../invocation.ts';
import { exitCodeOf, onStage } from '../run-plan.ts';
import { inTurn } from './turn.ts';

export async function upOnKind(
  invocation: Invocation,
  flags: Omit<UpOptions, 'packageRoot' | 'workers'>,
): Promise<ExitCode> {
  const { system, signal, packageRoot } = invocation;
  const options = { ...flags, packageRoot, workers: workersFlag(invocation) };
  const settings = await readSettings(system, invocation.flags);
  const [app, artifacts] = await Promise.all([
    readApp(definitionOptions(invocation, 'kind')),
    openArtifacts(system, { dataFolder: join(packageRoot, 'kind'), settings, signal }),
  ]);
  const chosen = selectServices(app, options.only);
  return inTurn(invocation, options.projectFolder, async () => {
    const situation = await survey(system, chosen, options, artifacts);
    return onStage(invocation, async (stage) => {
      const plan = planUp(chosen, situation);
      stage.tell([...app.diagnostics, ...situation.diagnostics, ...plan.notices]);
      return exitCodeOf(await stage.run(plan));
    });
  });
}

function workersFlag(invocation: Invocation): number | undefined {
  const value = text(invocation, 'workers');
  if (value === undefined) return undefined;
  if (!/^[0-9]$/.test(value)) throw wrongValue('workers', value, 'a number from 0 to 9');
  return Number(value);
}
