/** What goes wrong in the simulated clouds on purpose: read from `faults.json` in their folder at every operation. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Operation = 'create' | 'update' | 'delete';

export interface Fault {
  readonly operation: Operation;
  /** The n-th operation of that kind since the cloud began to count, from 1; without it, every one. */
  readonly nth?: number;
  /** End of the URNs it strikes. */
  readonly urn?: string;
  /** Only the first operation of that kind on a URN fails: the next run may do it. */
  readonly once?: boolean;
  /**
   * Fails before anything is done; after it was done, which nobody is told; after it was done, with its id told, as when
   * a time-out ends the wait for it to be ready (creates only); or is only slow.
   */
  readonly when: 'before' | 'after' | 'partly' | 'never';
  /** What the cloud says. */
  readonly message?: string;
  /** Milliseconds of real time that the operation takes beforehand. */
  readonly delayMs?: number;
  /** File that the operation waits for beforehand. */
  readonly until?: string;
}

export interface Faults {
  /** Milliseconds of real time that every operation takes. */
  readonly delayMs?: number;
  /** Milliseconds between what was done and the answer. */
  readonly lingerMs?: number;
  readonly faults?: readonly Fault[];
}

export function readFaults(folder: string): Faults {
  const file = join(folder, 'faults.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** The fault that strikes the `count`-th operation of its kind, on `urn`. */
export function faultOf(faults: Faults, operation: Operation, count: number, urn: string): Fault | undefined {
  return faults.faults?.find(
    (fault) =>
      fault.operation === operation &&
      (fault.nth === undefined || fault.nth === count) &&
      (fault.urn === undefined || urn.endsWith(fault.urn)),
  );
}

/** What the store counts of a fault that strikes once. */
export const strikesOf = (operation: Operation, urn: string): string => `strikes at the ${operation} of ${urn}`;
