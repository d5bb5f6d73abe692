/** Node groups that others take the place of: made first, drained next, and only then gone. */
import type { NodeGroupPlan } from '../../../app/nodes-of-cluster.ts';
import type { Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { type CloudSession, keptGroups, openStack, step } from '../session.ts';
import { demandDone, followed } from './stacks.ts';

/** Milliseconds for a group: pods end in their own time, and budgets let few go at once. */
const drainMs = 3_600_000;

/** Empties the nodes of a group; a rehearsal has none. */
export type Drain = (group: NodeGroupPlan, context: Parameters<Step['run']>[0]) => Promise<void>;

export function shrinkSteps(
  session: CloudSession,
  needs: readonly string[],
  drain: Drain | undefined,
): readonly Step[] {
  const leaving = keptGroups(session);
  if (leaving.length === 0) return [];
  const drained = leaving.map((group) =>
    step({
      id: `drain:${group.name}`,
      title: `nodes of ${group.name} are empty${drain === undefined ? ' (listed)' : ''}`,
      kind: 'change',
      needs,
      deadlineMs: drainMs,
      async run(context) {
        if (drain === undefined)
          context.note('a rehearsal has no nodes: each would be closed to new pods, then emptied');
        else await drain(group, context);
        return undefined;
      },
    }),
  );
  const gone = step({
    id: 'shrink',
    title: 'node groups that were replaced are gone',
    kind: 'change',
    needs: drained.map(({ id }) => id),
    async run(context) {
      session.drained = true;
      const handle = await openStack(session, 'cluster');
      const plan = await handle.preview();
      const moving = plan.changes.filter(({ kind }) => kind !== 'same' && kind !== 'read');
      const others = moving.filter(
        ({ kind, name }) => kind !== 'delete' || !leaving.some((group) => name.includes(group.name)),
      );
      // The approval was for their replacement, and for nothing else.
      if (others.length > 0) {
        throw new UserError('plan-changed', 'more than the replaced node groups would change now', {
          hints: ['Promote again, and look at the new plan.'],
          detail: others.map(({ kind, type, name }) => `${kind} ${type} ${name}`),
        });
      }
      const result = await followed(session, 'cluster', moving.length, context, () =>
        handle.up({ expectHash: plan.hash, planned: plan }),
      );
      demandDone('cluster', result, context.signal);
      session.outputs.set('cluster', result.outputs);
      return undefined;
    },
  });
  return [...drained, gone];
}
