/** Steps over stacks: what each would change, and changing it. */
import { type StackName, stackNeeds } from '../../../app/stacks.ts';
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { nameOfUrn, typeOfUrn } from '../in-flight.ts';
import { keptReplaced, saysKeptReplaced } from '../kept.ts';
import type { StackEvent, StackPlan, StackResult } from '../operation.ts';
import { needsWaiver } from '../risk.ts';
import { type CloudSession, made, openStack, step } from '../session.ts';
import { usually } from '../typical.ts';
import { settled } from './settle.ts';

/** What is done in a stack, as a user would say it. */
export const stackTitles: Readonly<Record<StackName, string>> = {
  network: 'network, keys and DNS zone',
  data: 'databases and storage',
  cluster: 'Kubernetes cluster and nodes',
  identities: 'identities of services',
  edge: 'load balancer and certificates',
};

/**
 * Each is planned with what those before it will give, as far as their plans know it: what a plan does not know goes by
 * name, so that the hash is the same when the values are there.
 */
export function lookSteps(session: CloudSession, needs: readonly string[]): readonly Step[] {
  return session.situation.stacks.map((stack) =>
    step({
      id: `plan:${stack}`,
      title: `plan of ${stackTitles[stack]}`,
      kind: 'check',
      needs: [...needs, ...planned(session, stackNeeds[stack])],
      async run(context) {
        const handle = await openStack(session, stack);
        session.listeners.set(stack, (event) => {
          if (event.type === 'note' && event.severity === 'warning') context.note(event.message);
        });
        const seen = await handle.preview().finally(() => session.listeners.delete(stack));
        if (seen.unsettled) await settled(handle, context);
        const plan = seen.unsettled ? await handle.preview() : seen;
        session.plans.set(stack, plan);
        session.outputs.set(stack, plan.outputs);
        context.note(counted(plan));
        return undefined;
      },
    }),
  );
}

const planned = ({ situation }: CloudSession, stacks: readonly StackName[]) =>
  stacks.filter((one) => situation.stacks.includes(one)).map((one) => `plan:${one}`);

/** Only what exists has outputs to wait for. */
export const existing = ({ situation }: CloudSession, stacks: readonly StackName[]) =>
  stacks.filter((one) => situation.stacks.includes(one) && situation.existing.includes(one));

function counted({ changes }: StackPlan): string {
  const moving = changes.filter(({ kind }) => kind !== 'same' && kind !== 'read');
  return moving.length === 0
    ? `${changes.length} resources, none changes`
    : `${moving.length} of ${changes.length} change`;
}

/** Keeps the record of what the engine is doing, and says it. */
function follow(session: CloudSession, stack: StackName, total: number, { note, progress, system }: StepContext) {
  const since = new Map<string, number>();
  let done = 0;
  const say = () => {
    const urns = [...since.keys()];
    const typical = usually(urns.map(typeOfUrn));
    const names = urns.slice(0, 3).map(nameOfUrn);
    const more = urns.length > 3 ? ` and ${urns.length - 3} more` : '';
    if (urns.length > 0) note(`${names.join(', ')}${more}${typical === undefined ? '' : ` (${typical})`}`);
  };
  return (event: StackEvent) => {
    if (event.type === 'note') {
      if (event.severity !== 'info') note(event.message);
      return;
    }
    const { urn, kind, state } = event;
    if (kind === 'same' || kind === 'read') return;
    if (state === 'begun') {
      const now = system.clock.monotonic();
      since.set(urn, now);
      session.inFlight.set(urn, { stack, urn, since: now });
    } else {
      since.delete(urn);
      session.inFlight.delete(urn);
      done += 1;
      progress(Math.min(done, total), total, 'items');
    }
    say();
  };
}

/** Throws for every end but a good one. */
export function demandDone(stack: StackName, { outcome, message, pending }: StackResult, signal: AbortSignal): void {
  if (outcome === 'done' || outcome === 'unchanged') return;
  if (outcome === 'cancelled' && signal.aborted) throw signal.reason;
  const detail = [
    ...(message === undefined ? [] : message.split('\n')),
    ...pending.map((urn) => `under way: ${nameOfUrn(urn)}`),
  ];
  if (outcome === 'locked') {
    throw new UserError('stack-locked', `the stack ${stack} is locked by another promotion`, {
      hints: ['Wait for it to end; `opta state doctor` shows who holds the lock and since when.'],
      detail,
    });
  }
  if (message !== undefined && saysKeptReplaced(message)) throw keptReplaced(stack, detail);
  throw new UserError('stack-failed', `${stackTitles[stack]}: the stack ${stack} could not be applied`, {
    hints: ['Mend what the cloud says and promote again: what was made stays, the rest is made then.'],
    detail,
  });
}

export function applyStep(session: CloudSession, stack: StackName, needs: readonly string[]): Step {
  return step({
    id: `apply:${stack}`,
    title: stackTitles[stack],
    kind: 'change',
    needs,
    facts: { stack },
    async run(context) {
      const plan = made(session.plans.get(stack), `plan:${stack}`);
      const total = plan.changes.filter(({ kind }) => kind !== 'same' && kind !== 'read').length;
      const typical = usually(plan.changes.filter(({ kind }) => kind === 'create').map(({ type }) => type));
      if (typical !== undefined) context.note(typical);
      const handle = await openStack(session, stack);
      await session.touches(stack);
      // Each of them was waived by name, or there would be no review.
      const waived = plan.changes.filter(needsWaiver).map(({ urn }) => urn);
      const result = await followed(session, stack, total, context, () =>
        handle.up({ expectHash: plan.hash, planned: plan, waived }),
      );
      demandDone(stack, result, context.signal);
      session.outputs.set(stack, result.outputs);
      await session.applied(stack);
      return result.outcome === 'unchanged' ? 'unchanged' : undefined;
    },
  });
}

/** Says what the engine does while `act` runs. */
export async function followed(
  session: CloudSession,
  stack: StackName,
  total: number,
  context: StepContext,
  act: () => Promise<StackResult>,
): Promise<StackResult> {
  session.listeners.set(stack, follow(session, stack, total, context));
  try {
    return await act();
  } finally {
    session.listeners.delete(stack);
  }
}
