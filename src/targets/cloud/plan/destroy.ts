/** Taking an environment down: what would go and what is kept on purpose, then stack by stack, the last made first. */
import { type StackName, stackNames, stackNeeds } from '../../../app/stacks.ts';
import type { Plan, Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { inPhase } from '../../../releases/promotion.ts';
import { isGuarded } from '../guards.ts';
import type { Change } from '../operation.ts';
import { type CloudSession, made, openStack, step } from '../session.ts';
import { settleSteps } from './settle.ts';
import { demandDone, existing, followed, stackTitles } from './stacks.ts';

/** Stays in the cloud on purpose: fixed addresses, for one. */
export interface Retained {
  /** Unknown of what an earlier destroy, which was cut off, kept. */
  readonly stack?: StackName;
  readonly type?: string;
  readonly name: string;
  readonly id: string;
}

const isRetained = ({ retainOnDelete }: Change): boolean => retainOnDelete;

export function retainedOf({ plans, situation }: CloudSession): readonly Retained[] {
  const planned = [...plans.values()].flatMap(({ stack, changes }) =>
    changes.filter(isRetained).map(({ type, name, id = '' }) => ({ stack, type, name, id })),
  );
  const earlier = Object.entries(situation.retained).map(([name, id]) => ({ name, id }));
  return [...planned, ...earlier.filter(({ id }) => !planned.some((one) => one.id === id))];
}

/** As the record keeps them. */
export const retainedIds = (kept: readonly Retained[]): Readonly<Record<string, string>> =>
  Object.fromEntries(kept.map(({ name, id }) => [name, id]));

/** Looks at what a destroy would take. Protected things are refused here: the engine would fail only after the rest is gone. */
export function planDestroyReview(session: CloudSession, unprotect: boolean): Plan {
  const { environment } = session.situation;
  const stacks = session.situation.existing;
  // What is in no state would outlive it.
  const settling = settleSteps(session, []);
  const ground = settling.map(({ id }) => id);
  const looks = stacks.map((stack) => lookStep(session, stack, ground));
  const guard = step({
    id: 'protected',
    title: 'nothing protected would go',
    kind: 'check',
    needs: looks.map(({ id }) => id),
    async run() {
      const all = [...session.plans.values()].flatMap(({ changes }) => changes);
      const guarded = all.filter((one) => one.protect && !isRetained(one));
      if (guarded.length === 0 || unprotect) return undefined;
      throw new UserError('destroy-protected', `${guarded.length} resources of ${environment.name} are protected`, {
        hints: ['When they are to go, with their data: `--unprotect`.'],
        detail: guarded.map(({ stack, type, name }) => `${stack} ${type} ${name}`),
      });
    },
  });
  return {
    goal: 'plan',
    target: environment.name,
    reason: 'what a destroy would take',
    steps: [...settling, ...looks, guard],
  };
}

function lookStep(session: CloudSession, stack: StackName, needs: readonly string[]): Step {
  return step({
    id: `plan:${stack}`,
    title: stackTitles[stack],
    kind: 'check',
    needs: [...needs, ...existing(session, stackNeeds[stack]).map((one) => `plan:${one}`)],
    async run({ note }) {
      const handle = await openStack(session, stack);
      session.outputs.set(stack, await handle.outputs());
      const plan = await handle.preview({ destroy: true });
      session.plans.set(stack, plan);
      note(`${plan.changes.length} resources`);
      return undefined;
    },
  });
}

/** What happens inside a real cluster. */
export interface LeaveSteps {
  readonly before: readonly Step[];
  readonly after: (needs: readonly string[]) => Step;
}

/** A stack goes when all that read it are gone. A killed step is taken up again by the next destroy. */
export function planDestroy(session: CloudSession, unprotect: boolean, leave?: LeaveSteps): Plan {
  const { environment, places } = session.situation;
  const stacks = session.situation.existing;
  // First of all: where a guard cannot be lowered, nothing is gone yet.
  const open = unguardSteps(session, stacks);
  const opened = open.map(({ id }) => id);
  const leaving = leave?.before ?? (places.rehearsal ? [rehearsedInside()] : []);
  const inside = leaving.map((one) => ({ ...one, needs: [...opened, ...one.needs] }));
  const readers = (stack: StackName) =>
    stackNames.filter((one) => stackNeeds[one].includes(stack) && stacks.includes(one));
  const steps = stacks.toReversed().map((stack) =>
    step({
      id: `destroy:${stack}`,
      title: `${stackTitles[stack]} gone`,
      kind: 'change',
      needs: [...opened, ...inside.map(({ id }) => id), ...readers(stack).map((one) => `destroy:${one}`)],
      async run(context) {
        const handle = await openStack(session, stack);
        const total = made(session.plans.get(stack), `plan:${stack}`).changes.length;
        const result = await followed(session, stack, total, context, () => handle.destroy({ unprotect }));
        demandDone(stack, result, context.signal);
        return result.outcome === 'unchanged' ? 'unchanged' : undefined;
      },
    }),
  );
  const sweep = leave === undefined ? [] : [leave.after(steps.map(({ id }) => id))];
  const all = [
    ...open,
    ...inside,
    ...steps,
    ...sweep,
    recordStep(
      session,
      steps.map(({ id }) => id),
    ),
  ];
  return { goal: 'destroy', target: environment.name, reason: 'approved', steps: all };
}

/** What the cloud itself would refuse to delete is told that it may go. A destroy that was cut off finds here what is left of it. */
function unguardSteps(session: CloudSession, stacks: readonly StackName[]): readonly Step[] {
  return stacks.flatMap((stack) => {
    const changes = made(session.plans.get(stack), `plan:${stack}`).changes;
    const guarded = changes.filter((one) => !isRetained(one) && isGuarded(one.type, one.inputs));
    if (guarded.length === 0) return [];
    return step({
      id: `unguard:${stack}`,
      title: `${stackTitles[stack]}: may be deleted`,
      kind: 'change',
      async run(context) {
        const handle = await openStack(session, stack);
        const urns = guarded.map(({ urn }) => urn);
        const result = await followed(session, stack, urns.length, context, () => handle.unguard({ urns }));
        demandDone(stack, result, context.signal);
        context.note(`deletion protection is off: ${guarded.map(({ name }) => name).join(', ')}`);
        return result.outcome === 'unchanged' ? 'unchanged' : undefined;
      },
    });
  });
}

/** A binding whose target group is gone stays on its finalizer, an endpoint group in use cannot be deleted: so they go first. */
function rehearsedInside(): Step {
  return step({
    id: 'inside',
    title: 'services, bindings and controllers gone (listed)',
    kind: 'check',
    async run({ note }) {
      note('a rehearsal has no cluster; what controllers made outside of state would be swept by tag');
      return undefined;
    },
  });
}

function recordStep(session: CloudSession, needs: readonly string[]): Step {
  return step({
    id: 'record',
    title: 'what was kept is on record',
    kind: 'change',
    needs,
    async run({ system, note }) {
      const kept = retainedOf(session);
      const retained = retainedIds(kept);
      const ended = new Date(system.clock.now()).toISOString();
      session.record = inPhase(made(session.record, 'record'), 'Succeeded', { ended, retained });
      await session.situation.store.keepPromotion(session.record);
      note(kept.length === 0 ? 'nothing was kept' : `kept: ${kept.map(({ name, id }) => `${name} ${id}`).join(', ')}`);
      return undefined;
    },
  });
}
