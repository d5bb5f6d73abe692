/** The table of resources on the process target. */
import type { ResourceName } from '../../../resources/names.ts';
import { bucket, dynamodb, queue, topic } from './aws.ts';
import { mongodb } from './mongodb.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import type { Output, Realisation, ResourcePlan, Wanted } from './realisation.ts';
import { redis } from './redis.ts';

/** A resource without a line here does not compile. */
const realisations: { readonly [K in ResourceName]: Realisation } = {
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

/** Pure; what resources share has the same id in each plan. Throws UserError at the resource's place when it cannot run here. */
export function planResource(wanted: Wanted): ResourcePlan {
  return realisations[wanted.resource.type].plan(wanted);
}

/** Values for links and for `${{module.<name>.<output>}}`, by the names of language.md. Makes missing secrets. */
export function resourceOutputs(wanted: Wanted): Promise<Readonly<Record<string, Output>>> {
  return realisations[wanted.resource.type].outputs(wanted);
}
