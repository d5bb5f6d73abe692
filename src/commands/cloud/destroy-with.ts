/** The whole of `opta destroy` over any door to stacks: what would go, a yes, then it goes. */

import { UserError } from '../../errors.ts';
import { standing } from '../../releases/promotion.ts';
import { promotionId } from '../../releases/store.ts';
import { staysText } from '../../targets/cloud/free.ts';
import type { StackDoor } from '../../targets/cloud/operation.ts';
import { planDestroy, planDestroyReview, retainedIds, retainedOf } from '../../targets/cloud/plan/destroy.ts';
import type { CloudSession } from '../../targets/cloud/session.ts';
import { wrapped } from '../../ui/text.ts';
import { type ExitCode, given, type Invocation } from '../invocation.ts';
import { onStage, type Stage } from '../run-plan.ts';
import { askYes, unanswered, userOf } from './approve.ts';
import { ended, leaving } from './ended.ts';
import { promotionExit } from './exit.ts';
import { leaveOptions } from './inside.ts';
import { unlessLeft } from './leave.ts';
import { withProject } from './open.ts';
import type { CloudProject } from './situation.ts';
import { inTurn, tellRefusal } from './turn.ts';

export async function destroyWith(invocation: Invocation, door: StackDoor): Promise<ExitCode> {
  return withProject(invocation, door, (project) => inTurn(invocation, project, () => destroying(invocation, project)));
}

async function destroying(invocation: Invocation, { session }: CloudProject): Promise<ExitCode> {
  const { environment, existing, hidden, places } = session.situation;
  const { system } = invocation;
  if (existing.length === 0) {
    const text = `Nothing of ${environment.name} stands; there is nothing to destroy.\n${stays(session)}`;
    system.stderr.write(wrapped(text, system.stderr.columns));
    await onStage(invocation, async ({ stream }) => tellKept(stream, session), hidden);
    return 0;
  }
  const unprotect = given(invocation, 'unprotect') || !environment.production;
  const review = planDestroyReview(session, unprotect);
  const looked = await onStage(
    invocation,
    (stage) => unlessLeft(invocation, session, stage, stage.run(review)),
    hidden,
  );
  if (looked === undefined) return leaving(invocation, session);
  if (looked.outcome === 'failed' || looked.outcome === 'aborted') return promotionExit(looked, false);
  system.stderr.write(wrapped(goes(session), system.stderr.columns));
  if (given(invocation, 'planOnly')) return 10;
  if (!places.rehearsal && !given(invocation, 'yes')) {
    if (system.stdin.isTTY !== true || given(invocation, 'json')) {
      return tellRefusal(invocation, needsYes(environment.name), 11);
    }
    const answer = await askYes(invocation, `Destroy ${environment.name}?`);
    if (answer !== 'yes') return unanswered(invocation, answer, `nobody said yes to destroying ${environment.name}`);
  }
  return destroyed(invocation, session, unprotect);
}

const needsYes = (name: string): UserError =>
  new UserError('approval-needed', `nobody said yes to destroying ${name}`, { hints: ['`--yes` says it.'] });

function goes(session: CloudSession): string {
  const lines = [...session.plans.values()].map(({ stack, changes }) => `${stack}: ${changes.length} resources go\n`);
  return lines.join('') + stays(session);
}

/** What this destroy keeps, and what those before it kept. */
const stays = (session: CloudSession): string =>
  retainedOf(session)
    .map((one) => `${staysText(one.type)}: ${[one.stack, one.type, one.name, one.id].filter(Boolean).join(' ')}\n`)
    .join('');

const tellKept = (stream: Stage['stream'], session: CloudSession): void =>
  stream.emit({ type: 'result', title: 'destroy', value: { retained: retainedOf(session) } });

async function destroyed(invocation: Invocation, session: CloudSession, unprotect: boolean): Promise<ExitCode> {
  const { environment, store, promotions, hidden } = session.situation;
  const { system } = invocation;
  const now = system.clock.now();
  const before = standing(promotions);
  session.record = {
    id: promotionId(now),
    environment: environment.name,
    release: before?.release ?? '',
    alias: before?.alias ?? '',
    by: userOf(system),
    begun: new Date(now).toISOString(),
    phase: 'Running',
    applied: [],
    // Before the engine forgets them: a destroy that is cut off must not lose what it kept.
    retained: retainedIds(retainedOf(session)),
    destroy: true,
  };
  await store.keepPromotion(session.record);
  const result = await onStage(
    invocation,
    async (stage) => {
      const plan = planDestroy(session, unprotect, await leaveOptions(invocation, session));
      const run = await unlessLeft(invocation, session, stage, stage.run(plan));
      if (run === undefined) return undefined;
      tellKept(stage.stream, session);
      return run;
    },
    hidden,
  );
  if (result === undefined) return leaving(invocation, session);
  const [first] = result.failures;
  if (first !== undefined || result.outcome === 'aborted') {
    const phase = result.outcome === 'aborted' ? 'Aborted' : 'Errored';
    await ended(invocation, session, phase, first?.failure.message ?? 'interrupted');
  }
  return promotionExit(result, true);
}
