/** What checking a value needs at hand. */
import type { Where } from '../../resources/field.ts';
import type { Findings } from '../text/findings.ts';
import type { Source } from '../text/source.ts';

export interface Checking {
  readonly source: Source;
  readonly findings: Findings;
  readonly target: Where;
  /** The name of the module type, for messages and notices. */
  readonly owner: string;
}

/** Marks a value that was reported; it is left out of the result. */
export const wrong = Symbol('wrong');
