/** The second half of a promotion, after someone approved: stack by stack, checks between them, the cluster, the record. */
import { type StackName, stackNeeds } from '../../../app/stacks.ts';
import type { Plan, Step } from '../../../engine/step.ts';
import { inPhase } from '../../../releases/promotion.ts';
import { demandDelegation } from '../delegation.ts';
import { keepPlacement } from '../placement.ts';
import { addressesOf } from '../result.ts';
import { type CloudSession, closeStacks, made, step } from '../session.ts';
import { rehearsedClusterSteps } from './cluster.ts';
import { type Drain, shrinkSteps } from './shrink.ts';
import { applyStep } from './stacks.ts';

export interface ApplyOptions {
  /** What happens inside the cluster. */
  readonly clusterSteps?: readonly Step[];
  /** The providers are simulated ones: clusters have an address, and nothing is there. */
  readonly simulated?: boolean;
  /** Empties nodes that are to go. */
  readonly drain?: Drain;
}

/** Pure. What is left out of the App's stacks leaves no gap: its needs go on to those before it. */
export function planApply(session: CloudSession, options: ApplyOptions = {}): Plan {
  const { environment, stacks } = session.situation;
  const inside = options.clusterSteps ?? rehearsedInside(session, options.simulated === true);
  const insideIds = inside.map(({ id }) => id);
  const cluster = [...inside, ...shrinkSteps(session, [...insideIds, 'apply:cluster'], options.drain)];
  const has = new Set<string>([...stacks.map((stack) => `apply:${stack}`), ...cluster.map(({ id }) => id)]);
  const all = [
    ...stateSteps(session),
    startStep(session),
    ...stacks.map((stack) => applyStep(session, stack, needsOf(session, stack))),
    ...(environment.domain === undefined ? [] : [delegationStep(session)]),
    ...cluster,
    recordStep(session, [...cluster.map(({ id }) => id), ...stacks.map((stack) => `apply:${stack}`)]),
  ];
  const known = new Set([...has, ...all.map(({ id }) => id)]);
  const steps = all.map((one) => ({ ...one, needs: one.needs.filter((need) => known.has(need)) }));
  return {
    goal: 'promote',
    target: environment.name,
    reason: `plan ${session.review?.hash.slice(0, 12) ?? ''}`,
    steps,
  };
}

/** Never for a real cloud: what was only listed there would look as if it ran. */
function rehearsedInside(session: CloudSession, simulated: boolean): readonly Step[] {
  if (session.situation.reality !== undefined && !simulated)
    throw new Error('a promotion to an account has no steps inside its cluster');
  return rehearsedClusterSteps(session);
}

/** Certificates come with the edge: nothing is asked of a certificate authority before the zone is delegated. */
function needsOf({ situation }: CloudSession, stack: StackName): readonly string[] {
  const before = stackNeeds[stack].filter((one) => situation.stacks.includes(one)).map((one) => `apply:${one}`);
  if (stack === 'network') return ['start'];
  return [...before, 'delegation', ...(stack === 'edge' ? ['platform'] : [])];
}

/** Nothing is made in an account before somebody approved: so its bucket comes now. Stacks are opened anew with it. */
function stateSteps(session: CloudSession): readonly Step[] {
  const { reality } = session.situation;
  if (reality === undefined) return [];
  return [
    step({
      id: 'state',
      title: 'state and records have their bucket',
      kind: 'change',
      async run({ note }) {
        const made = await reality.settleIn(note);
        if (made) await closeStacks(session);
        note(reality.account.bucket.name);
        return made ? undefined : 'unchanged';
      },
    }),
  ];
}

function startStep(session: CloudSession): Step {
  return step({
    id: 'start',
    title: 'the promotion is on record',
    kind: 'check',
    needs: ['state'],
    async run() {
      const { store, reality, records, placement } = session.situation;
      if (reality !== undefined) await keepPlacement(records, placement);
      session.record = inPhase(made(session.record, 'record'), 'Running');
      await store.keepPromotion(session.record);
      return undefined;
    },
  });
}

function delegationStep(session: CloudSession): Step {
  const { environment, places } = session.situation;
  return step({
    id: 'delegation',
    title: `${environment.domain} is delegated to our name servers`,
    kind: 'check',
    needs: ['apply:network'],
    async run({ note, signal }) {
      const servers = session.outputs.get('network')?.['nameServers'];
      const ours = Array.isArray(servers) ? servers.map(String) : [];
      if (places.rehearsal) {
        note(`not asked in a rehearsal; the parent zone would have to name ${ours.join(', ') || 'its name servers'}`);
        return undefined;
      }
      await demandDelegation(environment.domain ?? '', ours, { signal });
      return undefined;
    },
  });
}

function recordStep(session: CloudSession, needs: readonly string[]): Step {
  return step({
    id: 'record',
    title: 'the promotion is recorded',
    kind: 'change',
    needs,
    async run({ system, emit }) {
      const { store } = session.situation;
      const outputs = Object.fromEntries(session.outputs);
      const ended = new Date(system.clock.now()).toISOString();
      session.record = inPhase(made(session.record, 'record'), 'Succeeded', { ended, outputs });
      await store.keepPromotion(session.record);
      for (const address of addressesOf(session)) emit({ type: 'address', ...address });
      return undefined;
    },
  });
}
