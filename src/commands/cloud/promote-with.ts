/** The whole of `opta promote` over any door to stacks: review, approval, apply, record. */
import { refuseSharedDomain } from '../../app/environments.ts';
import type { RunResult } from '../../engine/run.ts';
import { UserError } from '../../errors.ts';
import { type Phase, type Promotion, resumable, standing } from '../../releases/promotion.ts';
import { promotionId } from '../../releases/store.ts';
import { costText, deltaText } from '../../targets/cloud/cost.ts';
import { staysText } from '../../targets/cloud/free.ts';
import { uncoveredHosts } from '../../targets/cloud/hosts.ts';
import { cloudNotices } from '../../targets/cloud/notices.ts';
import type { StackDoor } from '../../targets/cloud/operation.ts';
import { planApply } from '../../targets/cloud/plan/apply.ts';
import { planReview } from '../../targets/cloud/plan/review.ts';
import { resultOf } from '../../targets/cloud/result.ts';
import { hasChanges, type Review, reviewTitle } from '../../targets/cloud/review.ts';
import { riskTitles, staying } from '../../targets/cloud/risk.ts';
import { type CloudSession, closeStacks, made } from '../../targets/cloud/session.ts';
import { resultText, reviewText } from '../../ui/promotion.ts';
import { wrapped } from '../../ui/text.ts';
import { themeOf } from '../../ui/theme.ts';
import { type ExitCode, given, type Invocation, texts } from '../invocation.ts';
import { onStage } from '../run-plan.ts';
import { accountChecks } from './account-checks.ts';
import { approve, unanswered, userOf } from './approve.ts';
import { candidateOf } from './candidate.ts';
import { cloudFindings, demandRealised } from './demand-realised.ts';
import { ended, leaving } from './ended.ts';
import { exitOf, promotionExit, refusals } from './exit.ts';
import { driftChoice } from './flags.ts';
import { applyOptions } from './inside.ts';
import { unlessLeft } from './leave.ts';
import { refuseSharedBuckets } from './shared-buckets.ts';
import { type CloudProject, openProject } from './situation.ts';
import { inTurn, tellRefusal } from './turn.ts';

export async function promoteWith(invocation: Invocation, door: StackDoor): Promise<ExitCode> {
  const project = await openProject(invocation, invocation.args[0] ?? '', door, demandRealised);
  refuseSharedDomain(project.chosen, project.environments);
  await refuseSharedBuckets(invocation, project);
  return inTurn(invocation, project, () => promoted(invocation, project));
}

async function promoted(invocation: Invocation, project: CloudProject): Promise<ExitCode> {
  const { session } = project;
  try {
    const plan = planReview(session, {
      candidate: await candidateOf(invocation, project),
      waivers: texts(invocation, 'waive'),
      cloudChecks: await accountChecks(invocation, session),
      drift: driftChoice(invocation),
    });
    const looked = await onStage(
      invocation,
      async (stage) => {
        const { app } = session.situation;
        stage.tell([...app.diagnostics, ...cloudFindings(app), ...uncoveredHosts(app), ...cloudNotices(app)]);
        return unlessLeft(invocation, session, stage, stage.run(plan));
      },
      session.situation.hidden,
    );
    if (looked === undefined) return await leaving(invocation, session);
    if (looked.outcome === 'failed' || looked.outcome === 'aborted') return await refused(invocation, session, looked);
    const review = made(session.review, 'review');
    if (given(invocation, 'planOnly')) return await tellPlan(invocation, session, review);
    if (!given(invocation, 'json')) invocation.system.stderr.write(reviewOf(invocation, review));
    return await approved(invocation, session, review);
  } finally {
    await closeStacks(session);
  }
}

function reviewOf({ system }: Invocation, review: Review): string {
  const { changes, cost, hash } = review;
  const said = {
    title: reviewTitle(review),
    changes,
    riskTitles,
    cost: costText(cost),
    delta: deltaText(cost),
    hash,
  };
  const lines = staying(changes).map(
    ({ stack, type, name, id = '' }) => `${`${staysText(type)}: ${stack} ${type} ${name} ${id}`.trimEnd()}\n`,
  );
  const columns = system.stderr.columns || undefined;
  return reviewText(said, themeOf(system, system.stderr), columns) + wrapped(lines.join(''), columns);
}

/** A gate or a check said no: that is recorded too, once it is known of which release. */
async function refused(invocation: Invocation, session: CloudSession, result: RunResult): Promise<ExitCode> {
  const first = result.failures[0]?.failure;
  if (session.release !== undefined && first !== undefined && refusals.has(first.code)) {
    session.record = newRecord(invocation, session);
    await ended(invocation, session, 'Failed', first.message);
  }
  return promotionExit(result, false);
}

async function tellPlan(invocation: Invocation, session: CloudSession, review: Review): Promise<ExitCode> {
  const { system } = invocation;
  if (given(invocation, 'json')) await tellResult(invocation, session);
  else system.stdout.write(reviewOf(invocation, review));
  return hasChanges(review, standing(session.situation.promotions)?.release) ? 10 : 0;
}

async function approved(invocation: Invocation, session: CloudSession, review: Review): Promise<ExitCode> {
  const { store, promotions, places } = session.situation;
  const earlier = resumable(promotions, review.release.hash);
  const record = { ...(earlier ?? newRecord(invocation, session)), planHash: review.hash };
  session.record = record;
  const asked = {
    planHash: review.hash,
    title: reviewTitle(review),
    earlier: earlier?.approval,
    rehearsal: places.rehearsal,
  };
  const approval = await approve(invocation, asked).catch(async (error: unknown) => {
    const code = error instanceof UserError ? exitOf(error.code) : undefined;
    if (code === undefined) throw error;
    await store.keepPromotion(record);
    return { error, code };
  });
  if (typeof approval === 'string') {
    await ended(invocation, session, 'Aborted', 'the plan was not approved');
    return unanswered(invocation, approval, 'the plan was not approved');
  }
  if ('code' in approval) return tellRefusal(invocation, approval.error, approval.code);
  session.record = { ...record, approval };
  await store.keepPromotion(session.record);
  return apply(invocation, session);
}

async function apply(invocation: Invocation, session: CloudSession): Promise<ExitCode> {
  const { hidden } = session.situation;
  const result = await onStage(
    invocation,
    async (stage) => {
      const plan = planApply(session, await applyOptions(invocation, session));
      const run = await unlessLeft(invocation, session, stage, stage.run(plan));
      if (run === undefined) return undefined;
      if (run.outcome === 'done' || run.outcome === 'unchanged') {
        stage.stream.emit({ type: 'result', title: 'promotion', value: resultOf(session) });
      }
      return run;
    },
    hidden,
  );
  if (result === undefined) return leaving(invocation, session);
  const [first] = result.failures;
  if (result.outcome === 'aborted') await ended(invocation, session, 'Aborted', 'interrupted');
  else if (first !== undefined) await ended(invocation, session, phaseOf(first.failure.code), first.failure.message);
  else if (!given(invocation, 'json')) {
    const { system } = invocation;
    system.stdout.write(
      hidden.redact(resultText(resultOf(session), themeOf(system, system.stdout), system.stdout.columns || undefined)),
    );
  }
  return promotionExit(result, true);
}

function phaseOf(code: string): Phase {
  if (code === 'not-delegated') return 'Pending';
  return refusals.has(code) ? 'Failed' : 'Errored';
}

async function tellResult(invocation: Invocation, session: CloudSession): Promise<void> {
  await onStage(
    invocation,
    async (stage) => stage.stream.emit({ type: 'result', title: 'plan', value: resultOf(session) }),
    session.situation.hidden,
  );
}

function newRecord({ system }: Invocation, session: CloudSession): Promotion {
  const { environment, retained } = session.situation;
  const { hash, alias } = made(session.release, 'release');
  const now = system.clock.now();
  return {
    id: promotionId(now),
    environment: environment.name,
    release: hash,
    alias,
    by: userOf(system),
    begun: new Date(now).toISOString(),
    phase: 'Pending',
    applied: [],
    retained,
    ...(session.unverified !== undefined && { unverified: session.unverified }),
  };
}
