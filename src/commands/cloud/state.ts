/** What the state commands begin with: the environment and where the state of each stack is. */
import { listEnvironments } from '../../app/environments.ts';
import { type StackName, stackNames } from '../../app/stacks.ts';
import { UserError } from '../../errors.ts';
import type { ObjectDoor } from '../../targets/cloud/account/objects.ts';
import { backendOf, type CloudEnvironment, listedEnvironment } from '../../targets/cloud/environment.ts';
import type { Backend } from '../../targets/cloud/operation.ts';
import type { Invocation } from '../invocation.ts';
import { accountOf, placesOf } from './reach.ts';
import { chooseListed, listOptions } from './situation.ts';

export interface StateOf {
  readonly backends: ReadonlyMap<StackName, Backend>;
  /** Of the bucket that the state is in. */
  readonly objects?: ObjectDoor;
}

/** Throws UserError `state-elsewhere` for state that only Pulumi Cloud can show. */
export async function stateOf(invocation: Invocation): Promise<StateOf> {
  const chosen = chooseListed(await listEnvironments(listOptions(invocation)), invocation.args[0] ?? '');
  const environment = listedEnvironment(chosen) as CloudEnvironment;
  const places = await placesOf(invocation, environment.name);
  const backends = new Map(stackNames.map((stack) => [stack, backendOf(environment, places, stack)]));
  if (places.rehearsal || places.state === 'files') return { backends };
  if (places.state !== undefined) {
    throw new UserError('state-elsewhere', `the state of ${environment.name} is kept by ${places.state.url}`, {
      hints: ['Who works on a stack, and what was cut off, is shown there; `pulumi cancel` takes away a lock.'],
    });
  }
  const { bucket } = await accountOf(invocation, environment, { add: () => {} });
  return { backends, objects: bucket.objects };
}
