/** `opta dev prune`: ends what a killed run left behind, and touches nothing that still stands. */
import { planPrune } from '../targets/process/plan/prune.ts';
import { type ExitCode, type Invocation, projectFolder } from './invocation.ts';
import { runOnStage } from './run-plan.ts';
import { targetsToClear } from './target.ts';

export async function devPrune(invocation: Invocation): Promise<ExitCode> {
  const folder = projectFolder(invocation, 'above');
  const code = await runOnStage(invocation, planPrune(folder));
  if (code !== 0 || !targetsToClear(invocation, false).includes('kind')) return code;
  return (await import('./on-kind/prune.ts')).pruneOnKind(invocation);
}
