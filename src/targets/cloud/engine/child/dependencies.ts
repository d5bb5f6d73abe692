/** What resources that were taken in depend on: an import does not say, and without it a destroy takes them in any order. */
import { isRecord, type Properties, type Value } from '../values.ts';

export interface StateResource {
  readonly urn: string;
  readonly type?: string;
  readonly id?: string;
  readonly custom?: boolean;
  /** Only waits to be deleted: another has its URN. */
  readonly delete?: boolean;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
}

/** Outputs that another resource may know this one by. */
const naming = ['arn', 'name', 'selfLink', 'identifier'];

function namesOf({ id, outputs = {} }: StateResource): readonly string[] {
  const names = [id, ...naming.map((key) => outputs[key])];
  return names.filter((name): name is string => typeof name === 'string' && name !== '');
}

function textsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * `resources` in an order that dependencies allow, those of `adopted` last, in the order given: that of the program, which
 * has what others need first. Each of these depends on those before it that one of its inputs names.
 */
export function withDependencies(
  resources: readonly StateResource[],
  adopted: readonly string[],
): readonly StateResource[] {
  const known = new Map<string, string[]>();
  const learn = (one: StateResource): void => {
    if (one.custom !== true || one.urn.includes('pulumi:providers:')) return;
    for (const name of namesOf(one)) known.set(name, [...(known.get(name) ?? []), one.urn]);
  };
  const taken = new Set(adopted);
  const isTaken = (one: StateResource): boolean => taken.has(one.urn) && one.delete !== true;
  const others = resources.filter((one) => !isTaken(one));
  others.forEach(learn);
  const last = adopted.flatMap((urn) => {
    const one = resources.find((other) => other.urn === urn && isTaken(other));
    if (one === undefined) return [];
    const needs = Object.entries(one.inputs ?? {}).flatMap(([key, value]) => {
      const urns = [...new Set(textsIn(value).flatMap((text) => known.get(text) ?? []))].sort();
      return urns.length === 0 ? [] : [[key, urns] as const];
    });
    learn(one);
    const dependencies = [...new Set(needs.flatMap(([, urns]) => urns))].sort();
    return [{ ...one, dependencies, propertyDependencies: Object.fromEntries(needs) }];
  });
  return [...others, ...last];
}
