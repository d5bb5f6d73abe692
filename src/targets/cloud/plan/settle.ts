/** Steps that settle what a broken run left: found by our tags, it is adopted or forgotten before anything is planned. */
import { type StackName, stackNeeds } from '../../../app/stacks.ts';
import type { Step, StepContext } from '../../../engine/step.ts';
import type { StackHandle } from '../operation.ts';
import { type CloudSession, openStack, step } from '../session.ts';

/** Settles one stack and says what became of it. */
export async function settled(handle: StackHandle, { note }: Pick<StepContext, 'note'>): Promise<boolean> {
  const { adopted, forgotten, unseen } = await handle.settle();
  if (adopted.length > 0) note(`adopted ${adopted.join(', ')}`);
  if (forgotten.length > 0) note(`forgot ${forgotten.join(', ')}`);
  for (const where of new Set(unseen.map((one) => one.where))) {
    const names = unseen.filter((one) => one.where === where).map(({ urn }) => urn.split('::').at(-1));
    note(
      `opta could not look for ${names.join(', ')}: when an earlier run made them, they are in ${where}; delete them there`,
    );
  }
  return adopted.length + forgotten.length > 0;
}

/**
 * A step a stack that was begun, when the last run did not end well. Each leaves its outputs to those after it: what has
 * no tags is found by the ids of what it belongs to.
 */
export function settleSteps(session: CloudSession, needs: readonly string[]): readonly Step[] {
  const { promotions, existing } = session.situation;
  const last = promotions.findLast(({ phase }) => phase !== 'Failed');
  // What ended well has left nothing behind, and what was refused never began.
  if (last === undefined || last.phase === 'Succeeded') return [];
  const before = (stack: StackName): readonly string[] =>
    stackNeeds[stack].filter((one) => existing.includes(one)).map((one) => `settle:${one}`);
  return existing.map((stack) =>
    step({
      id: `settle:${stack}`,
      title: `nothing of ${stack} is under way`,
      kind: 'change',
      needs: [...needs, ...before(stack)],
      async run(context) {
        const handle = await openStack(session, stack);
        session.listeners.set(stack, (event) => event.type === 'note' && context.note(event.message));
        const some = await settled(handle, context).finally(() => session.listeners.delete(stack));
        const outputs = await handle.outputs();
        if (Object.keys(outputs).length > 0) session.outputs.set(stack, outputs);
        return some ? undefined : 'unchanged';
      },
    }),
  );
}
