/** What the clouds and their providers refuse to delete, as they do: what is guarded, and what leaves a snapshot under a taken name. */
import { finalSnapshotOf, guardsOf } from '../../guards.ts';
import { Refused } from './refused.ts';
import type { CloudStore, Thing } from './store.ts';

/** Throws Refused. What it leaves behind is noted in `store`. */
export function refuseDelete(store: CloudStore, { account, type, id, inputs }: Thing): void {
  const [guard] = guardsOf(type, inputs);
  if (guard !== undefined) throw new Refused(`OperationNotPermitted: ${type} ${id} cannot be deleted: see ${guard}`);
  const name = finalSnapshotOf(type, inputs);
  if (name === '') throw new Refused(`InvalidParameterCombination: ${type} ${id} has no name for its final snapshot`);
  if (name === undefined || store.next(`snapshot ${account} ${name}`) === 1) return;
  throw new Refused(`DBSnapshotAlreadyExists: a snapshot ${name} exists already`);
}
