/** Leaves out what is too much to read: requests of one name that come faster than anybody looks. Pure but for its counts. */
import type { Trace } from '../../engine/trace.ts';

/** Of one name in one window; a failed one counts as another name. */
const mostOfName = 10;
const windowMs = 2500;

export class Thinning {
  #counts = new Map<string, number>();
  #since = Number.NEGATIVE_INFINITY;

  /** Those to show; `known` are on the page already and are told again. `now` is of a clock that never goes back. */
  of(traces: readonly Trace[], known: ReadonlySet<string>, now: number): readonly Trace[] {
    if (now - this.#since >= windowMs) [this.#counts, this.#since] = [new Map(), now];
    return traces.filter(({ id, name, failed }) => {
      if (known.has(id)) return true;
      const key = `${failed} ${name}`;
      const count = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, count);
      return count <= mostOfName;
    });
  }
}
