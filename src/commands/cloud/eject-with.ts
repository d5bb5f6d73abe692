/** The whole of `opta eject` over any door to stacks. */
import { resolve } from 'node:path';
import type { StackDoor } from '../../targets/cloud/operation.ts';
import { planEject } from '../../targets/cloud/plan/eject.ts';
import { type ExitCode, type Invocation, text } from '../invocation.ts';
import { onStage } from '../run-plan.ts';
import { promotionExit } from './exit.ts';
import { withProject } from './open.ts';
import { neverPromoted } from './outputs-with.ts';

export async function ejectWith(invocation: Invocation, door: StackDoor): Promise<ExitCode> {
  return withProject(invocation, door, async ({ session, version }): Promise<ExitCode> => {
    const { environment, existing, hidden } = session.situation;
    const { system, packageRoot } = invocation;
    if (existing.length === 0) throw neverPromoted(environment.name);
    const folder = resolve(system.cwd, text(invocation, 'to') ?? `pulumi-${environment.name}`);
    const plan = planEject(session, { folder, packageRoot, version });
    const result = await onStage(
      invocation,
      async (stage) => {
        const run = await stage.run(plan);
        if (run.outcome === 'done')
          stage.stream.emit({ type: 'result', title: 'eject', value: { folder, stacks: existing } });
        return run;
      },
      hidden,
    );
    return promotionExit(result, false);
  });
}
