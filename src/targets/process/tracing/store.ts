/** Hops of the newest traces, in memory that does not grow with traffic. */
import type { Hop } from '../../../engine/trace.ts';

/** One trace as far as it has come in. */
export interface Recorded {
  readonly id: string;
  /** Counts up with every hop that comes in, over all traces. */
  readonly changed: number;
  readonly hops: readonly Hop[];
}

export interface Recordings {
  /** Newest change first. */
  readonly traces: readonly Recorded[];
  /** Services that have sent spans of their own since the data plane started. */
  readonly reporting: readonly string[];
  /** The last ones, oldest first. */
  readonly refusals: readonly Refusal[];
}

/** A connection that was turned away: what would have come over it, a trace included, is not known. */
export interface Refusal {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly caller: string;
  /** With the link that is missing. */
  readonly words: string;
}

export interface Asked {
  readonly id?: string;
  /** Only what has changed since. */
  readonly after?: number;
  readonly limit?: number;
}

interface Kept {
  readonly hops: Hop[];
  changed: number;
}

/** A thousand traces of ten hops each: a few megabytes. */
const mostHops = 10_000;
/** Of one trace: a stream of calls in one trace must not push all others out. */
const mostOfOne = 300;

export class SpanStore {
  /** In the order of their last change. */
  readonly #traces = new Map<string, Kept>();
  readonly #reporting = new Set<string>();
  #refusals: Refusal[] = [];
  #count = 0;
  #changed = 0;

  add(trace: string, hop: Hop): void {
    const kept = this.#traces.get(trace) ?? { hops: [], changed: 0 };
    // A connection was told of while it was open.
    const before = hop.connection === undefined ? -1 : kept.hops.findIndex(({ id }) => id === hop.id);
    if (before === -1 && kept.hops.length >= mostOfOne) return;
    this.#traces.delete(trace);
    this.#traces.set(trace, kept);
    this.#changed += 1;
    kept.changed = this.#changed;
    if (before !== -1) {
      kept.hops[before] = hop;
      return;
    }
    kept.hops.push(hop);
    this.#count += 1;
    for (const [oldest, { hops }] of this.#traces) {
      if (this.#count <= mostHops) break;
      this.#traces.delete(oldest);
      this.#count -= hops.length;
    }
  }

  refuse(refusal: Refusal): void {
    this.#refusals = [...this.#refusals.slice(-49), refusal];
  }

  reports(service: string): void {
    this.#reporting.add(service);
  }

  read({ id, after = 0, limit = 100 }: Asked): Recordings {
    const found: Recorded[] = [];
    const take = (trace: string, { hops, changed }: Kept): void => void found.push({ id: trace, changed, hops });
    const one = id === undefined ? undefined : this.#traces.get(id);
    if (id !== undefined && one !== undefined) take(id, one);
    if (id === undefined && after < this.#changed) {
      const newest = [...this.#traces].reverse();
      for (const [trace, kept] of newest) {
        if (kept.changed <= after || found.length >= limit) break;
        take(trace, kept);
      }
    }
    return { traces: found, reporting: [...this.#reporting], refusals: this.#refusals };
  }
}
