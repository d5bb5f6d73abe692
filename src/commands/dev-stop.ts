/** `opta dev stop`: the cluster stands still, and nothing is deleted. */
import { UserError } from '../errors.ts';
import { type ExitCode, type Invocation, projectFolder } from './invocation.ts';
import { runOnStage } from './run-plan.ts';
import { runningTarget } from './target.ts';

export async function devStop(invocation: Invocation): Promise<ExitCode> {
  onlyOnKind(invocation, 'stop', 'Stop processes with `opta dev down`: their data stays, and they start in a moment.');
  const { standing } = await import('../targets/kind/survey.ts');
  const { planStop } = await import('../targets/kind/plan/stop.ts');
  const { inTurn } = await import('./on-kind/turn.ts');
  const folder = projectFolder(invocation, 'above');
  return inTurn(invocation, folder, async () =>
    runOnStage(invocation, planStop(await standing(invocation.system, folder))),
  );
}

/** Throws UserError `no-cluster` where a project does not run on kind. */
export function onlyOnKind(invocation: Invocation, verb: string, hint: string): void {
  if (runningTarget(invocation) === 'kind') return;
  throw new UserError('no-cluster', `\`opta dev ${verb}\` is for clusters, and this project has none`, {
    hints: [hint],
  });
}
