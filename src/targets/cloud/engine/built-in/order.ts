/** Which resources need which: the order in which things may go. */
import type { ResourceState } from './snapshot.ts';

const providerUrn = (provider: string | undefined): string | undefined => provider?.split('::').slice(0, -1).join('::');

/** URNs that a resource cannot do without. */
function needsOf(state: ResourceState): ReadonlySet<string> {
  const needs = [
    ...(state.dependencies ?? []),
    ...Object.values(state.propertyDependencies ?? {}).flat(),
    state.parent,
    providerUrn(state.provider),
    state.deletedWith,
  ];
  return new Set(needs.filter((urn): urn is string => urn !== undefined && urn !== '' && urn !== state.urn));
}

/**
 * Runs `act` for every state, those that others need after those others, as many at once as may be. Stops where `act`
 * answers false: what it needed stays too.
 */
export async function unwind(
  states: readonly ResourceState[],
  act: (state: ResourceState) => Promise<boolean>,
): Promise<void> {
  const begun = new Map<ResourceState, Promise<boolean>>();
  const users = (state: ResourceState): ResourceState[] =>
    states.filter((other) => other !== state && needsOf(other).has(state.urn));
  const run = (state: ResourceState): Promise<boolean> => {
    const before = begun.get(state);
    if (before) return before;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    begun.set(state, promise);
    Promise.all(users(state).map(run))
      .then((gone) => (gone.every(Boolean) ? act(state) : false))
      .then(resolve, reject);
    return promise;
  };
  await Promise.all(states.map(run));
}
