/** The table of resources on the process target, and the plan of all of them together. */
import type { Step } from '../../../engine/step.ts';
import type { ResourceName } from '../../../resources/names.ts';
import { bucket, dynamodb, queue, topic } from './aws.ts';
import { mongodb } from './mongodb.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import type { Output, Realisation, ResourcePlan, Wanted } from './realisation.ts';
import { redis } from './redis.ts';

/** A resource without a line here does not compile. */
export const realisations: { readonly [K in ResourceName]: Realisation } = {
  postgres,
  mysql,
  mongodb,
  redis,
  documentdb: mongodb,
  'mongodb-atlas': mongodb,
  bucket,
  queue,
  topic,
  dynamodb,
};

function uniqueById<T extends Pick<Step, 'id'>>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** Pure. Throws UserError at the first resource that cannot run here. */
export function planResource(wanted: Wanted): ResourcePlan {
  return realisations[wanted.resource.type].plan(wanted);
}

/** One plan of several resources: what they share is there once. Pure. */
export function planResources(all: readonly Wanted[]): ResourcePlan {
  const plans = all.map(planResource);
  return {
    prepare: uniqueById(plans.flatMap((plan) => plan.prepare)),
    programs: uniqueById(plans.flatMap((plan) => plan.programs)),
    after: plans.flatMap((plan) => plan.after),
    diagnostics: plans.flatMap((plan) => plan.diagnostics),
    folders: plans.flatMap((plan) => plan.folders),
  };
}

/** Values for links and for `${{module.<name>.<output>}}`, by the names of language.md. Makes missing secrets. */
export function resourceOutputs(wanted: Wanted): Promise<Readonly<Record<string, Output>>> {
  return realisations[wanted.resource.type].outputs(wanted);
}
