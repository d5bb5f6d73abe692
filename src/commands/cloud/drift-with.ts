/** The whole of `opta drift` over any door to stacks. */
import type { StackDoor } from '../../targets/cloud/operation.ts';
import { driftLines, driftSteps } from '../../targets/cloud/plan/drift.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { onStage } from '../run-plan.ts';
import { promotionExit } from './exit.ts';
import { driftChoice } from './flags.ts';
import { withProject } from './open.ts';

/** 0 when nothing was changed by others, 12 when something was and nothing was decided. */
export async function driftWith(invocation: Invocation, door: StackDoor): Promise<ExitCode> {
  return withProject(invocation, door, async ({ session }): Promise<ExitCode> => {
    const { environment, hidden } = session.situation;
    const plan = {
      goal: 'plan' as const,
      target: environment.name,
      reason: 'what others changed',
      steps: driftSteps(session, [], driftChoice(invocation)),
    };
    const result = await onStage(
      invocation,
      async (stage) => {
        const run = await stage.run(plan);
        const found = Object.fromEntries([...session.drift].map(([stack, changes]) => [stack, driftLines(changes)]));
        stage.stream.emit({ type: 'result', title: 'drift', value: found });
        return run;
      },
      hidden,
    );
    return promotionExit(result, false);
  });
}
