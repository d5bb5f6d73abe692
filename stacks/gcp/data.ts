/** Stack `data` on Google Cloud: everything that holds what people stored. */
import type { StackInput } from '../../src/app/stacks.ts';
import type { Gives } from '../made.ts';
import { gcpContext } from './context.ts';

/** Each kind is loaded only where the definition has one. */
export async function data(input: StackInput): Promise<Gives<'gcp', 'data'>> {
  const context = gcpContext(input);
  const types: ReadonlySet<string> = new Set(input.app.resources.map(({ type }) => type));
  const any = (...names: readonly string[]) => names.some((name) => types.has(name));
  const made = await Promise.all([
    any('postgres', 'mysql') ? import('./sql.ts').then(({ makeSql }) => makeSql(context)) : {},
    any('redis') ? import('./redis.ts').then(({ makeCaches }) => makeCaches(context)) : {},
    any('bucket') ? import('./bucket.ts').then(({ makeBuckets }) => makeBuckets(context)) : {},
    any('queue', 'topic') ? import('./messages.ts').then(({ makeMessages }) => makeMessages(context)) : {},
    any('mongodb-atlas') ? import('./atlas.ts').then(({ makeAtlas }) => makeAtlas(context)) : {},
  ]);
  return { resources: Object.assign({}, ...made) };
}
