/** What the state commands begin with: the environment and where the state of each stack is. */
import { listEnvironments } from '../../app/environments.ts';
import { stackNames } from '../../app/stacks.ts';
import { backendOf, type CloudEnvironment, listedEnvironment } from '../../targets/cloud/environment.ts';
import type { Invocation } from '../invocation.ts';
import { placesOf } from './reach.ts';
import { chooseListed, listOptions } from './situation.ts';

export async function backendsOf(invocation: Invocation) {
  const chosen = chooseListed(await listEnvironments(listOptions(invocation)), invocation.args[0] ?? '');
  const environment = listedEnvironment(chosen) as CloudEnvironment;
  const places = await placesOf(invocation, environment.name);
  return new Map(stackNames.map((stack) => [stack, backendOf(environment, places, stack)]));
}
