/** The first half of a promotion: everything that can be known before anyone approves. It changes nothing in the cloud. */
import type { Plan, Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { quotaStep } from '../account/checks.ts';
import { demandTakenUp } from '../kept.ts';
import { listCluster } from '../listing.ts';
import { checkPolicy } from '../policy/index.ts';
import { checkVolumes } from '../policy/volumes.ts';
import { type Review, reviewOf } from '../review.ts';
import { demandWaivers } from '../risk.ts';
import { type CloudSession, made, step } from '../session.ts';
import { type DriftChoice, demandAdopted, driftSteps } from './drift.ts';
import { type PreflightOptions, preflightSteps } from './preflight.ts';
import { type Candidate, releaseSteps } from './release.ts';
import { lookSteps } from './stacks.ts';

export interface ReviewOptions extends PreflightOptions {
  readonly candidate: Candidate;
  /** `--waive`, by resource name. */
  readonly waivers: readonly string[];
  /** What happens with what others changed. */
  readonly drift: DriftChoice;
}

export function planReview(session: CloudSession, options: ReviewOptions): Plan {
  const { environment, places } = session.situation;
  const release = releaseSteps(session, options.candidate, options.waivers);
  const preflight = preflightSteps(session, options);
  const ground = ['gate', ...preflight.map(({ id }) => id)];
  const drift = driftSteps(session, ground, options.drift);
  const looks = lookSteps(session, [...ground, ...drift.map(({ id }) => id)]);
  const planned = looks.map(({ id }) => id);
  const { reality } = session.situation;
  const quotas = reality === undefined ? [] : [quotaStep(session, reality.account, planned)];
  const review = reviewStep(session, options, [...planned, ...quotas.map(({ id }) => id)]);
  const steps = [...release, ...preflight, ...drift, ...looks, ...quotas, review];
  const what = places.rehearsal
    ? 'rehearsal: no account, nothing is made'
    : `${environment.cloud} ${environment.account}`;
  return { goal: 'plan', target: environment.name, reason: `${what}, ${environment.region}`, steps };
}

function reviewStep(session: CloudSession, { waivers, drift }: ReviewOptions, needs: readonly string[]): Step {
  return step({
    id: 'review',
    title: 'plan keeps the rules',
    kind: 'check',
    needs,
    async run({ note }) {
      const { environment, app, pins, stacks } = session.situation;
      const release = made(session.release, 'release');
      const plans = stacks.map((stack) => made(session.plans.get(stack), `plan:${stack}`));
      const review = reviewOf(environment, release, plans, listCluster(environment, app, pins, release));
      demandPolicy(session, review);
      demandTakenUp(review.changes, session.situation.retained);
      demandWaivers(review.changes, waivers);
      if (drift === 'adopt') demandAdopted(session, review.changes);
      session.review = review;
      note(`${review.changes.length} of ${review.resources.length} resources change`);
      return undefined;
    },
  });
}

/** Throws UserError `policy-broken` with every rule that something of the plan breaks. What goes away is not asked. */
function demandPolicy({ situation }: CloudSession, { resources, cluster }: Review): void {
  const { cloud, production, name } = situation.environment;
  const stays = resources.filter(({ kind }) => kind !== 'delete');
  const broken = [...checkPolicy(stays, { cloud, production }), ...checkVolumes(cluster.whole)];
  if (broken.length === 0) return;
  throw new UserError('policy-broken', `the plan of ${name} breaks ${broken.length} rules of safety`, {
    hints: ['Change the fields of the definition that lead to them; nothing was changed in the cloud.'],
    detail: broken.map(({ rule, stack, type, name: of, message }) => `${rule}: ${stack} ${type} ${of} ${message}`),
  });
}
