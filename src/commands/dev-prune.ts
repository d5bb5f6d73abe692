/** `opta dev prune`: ends what a killed run left behind, and touches nothing that still has its supervisor. */
import { planPrune } from '../targets/process/plan/prune.ts';
import { type ExitCode, type Invocation, projectFolder } from './invocation.ts';
import { runOnStage } from './run-plan.ts';

export async function devPrune(invocation: Invocation): Promise<ExitCode> {
  return runOnStage(invocation, planPrune(projectFolder(invocation, 'above')));
}
