/** What a provider reads of a thing: as little as the real ones do, when nobody tells them what it was made from. */
import type { Properties } from '../values.ts';
import type { Kind } from './kind.ts';
import type { Thing } from './store.ts';

/**
 * Inputs that only whoever gave them knows: a cloud keeps none of them. Labels are read as `effectiveLabels` only, since the
 * provider of Google cannot tell those of the thing from its defaults (pulumi-gcp #3044, read 2026-11).
 */
const untold: ReadonlySet<string> = new Set([
  ...['applyImmediately', 'deletionWindowInDays', 'disableOnDestroy', 'finalSnapshotIdentifier', 'forceDelete'],
  ...['forceDestroy', 'recoveryWindowInDays', 'removeDefaultNodePool', 'skipFinalSnapshot'],
]);
const labels: ReadonlySet<string> = new Set(['labels', 'resourceLabels']);

/** `known`: the inputs that the engine has of it. */
export function asRead(thing: Thing, kind: Kind | undefined, known: Properties): Thing {
  const isTold = (key: string): boolean =>
    key in known || !(untold.has(key) || (labels.has(key) && thing.type.startsWith('gcp:')));
  const told = (values: Properties): Properties =>
    Object.fromEntries(Object.entries(values).filter(([key]) => isTold(key)));
  const isImport = Object.keys(known).length === 0;
  const own = (kind?.ofTheCloud ?? []).filter((key) => !(key in thing.inputs) && (isImport || key in known));
  const more = Object.fromEntries(own.map((key) => [key, thing.outputs[key]]));
  return { ...thing, inputs: { ...told(thing.inputs), ...more }, outputs: told(thing.outputs) };
}
