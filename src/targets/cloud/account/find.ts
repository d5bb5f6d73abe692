/** Looking in a real account for what an earlier run made and no state knows. */
import { type Properties, unknownText } from '../engine/values.ts';

export interface Finder {
  /**
   * Ids, as an import takes them, of what stands and was made from these inputs; none while an input that names it is not
   * known yet, and none for a type of which making it again is the same as once.
   */
  find(type: string, inputs: Properties): Promise<readonly string[]>;
  /** Where a person looks for things of a type that we cannot look for; undefined when we can, or need not. */
  byHand(type: string): string | undefined;
  /** Asks the cloud again from now on. */
  anew(): void;
  /** Milliseconds after which one of the type is surely shown when it was made. */
  lagMs(type: string): number;
}

/** A text that is known by now. */
export function known(inputs: Properties, key: string): string | undefined {
  const value = inputs[key];
  if (typeof value !== 'string' || value === '') return undefined;
  // What the engine does not know yet, and what another stack will say.
  return value.includes(unknownText) || /<\w+\.[\w.]+>/.test(value) ? undefined : value;
}
