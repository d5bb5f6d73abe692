/** How quick and how well an endpoint answers, and who of several takes the next request. Pure but for the state of one Load. */

/** Milliseconds in which a measured latency loses two thirds of its weight, as in Linkerd. */
const decayMs = 10_000;
/** Milliseconds below which latencies count as equal: noise of a busy machine. */
const noiseMs = 5;
/** Failures in a row until an endpoint is left alone. */
const failuresUntilEjected = 5;
const firstEjectionMs = 1000;
const longestEjectionMs = 60_000;

/** Peak EWMA: a slow answer counts at once and is forgotten slowly. Times are milliseconds of any one clock. */
export class Load {
  #latency = 0;
  #at = 0;
  #failures = 0;
  #ejectedUntil = 0;
  #ejectionMs = firstEjectionMs;
  /** When each request without an answer so far began, oldest first. */
  readonly #open = new Set<{ readonly at: number }>();

  /** A request begins; the returned function is called once, when its answer begins or it ends without one. */
  begin(now: number): (now: number, outcome: 'answered' | 'failed' | 'given up') => void {
    const began = { at: now };
    this.#open.add(began);
    return (then, outcome) => {
      this.#open.delete(began);
      if (outcome !== 'given up') this.answered(then, then - now, outcome === 'failed');
    };
  }

  answered(now: number, latencyMs: number, failed: boolean): void {
    const before = this.#measured(now);
    const weight = Math.exp(-(now - this.#at) / decayMs);
    this.#latency = latencyMs > before ? latencyMs : latencyMs * (1 - weight) + this.#latency * weight;
    this.#at = now;
    if (!failed) {
      this.#failures = 0;
      this.#ejectedUntil = 0;
      this.#ejectionMs = firstEjectionMs;
      return;
    }
    this.#failures += 1;
    if (this.#failures < failuresUntilEjected || now < this.#ejectedUntil) return;
    this.#ejectedUntil = now + this.#ejectionMs;
    this.#ejectionMs = Math.min(this.#ejectionMs * 2, longestEjectionMs);
  }

  /** Milliseconds. Old measurements fade, so that a slow endpoint is asked again some time; who waits now tells as much. */
  latency(now: number): number {
    const [oldest] = this.#open;
    return Math.max(this.#measured(now), oldest === undefined ? 0 : now - oldest.at);
  }

  #measured(now: number): number {
    return this.#latency * Math.exp(-(now - this.#at) / decayMs);
  }

  ejected(now: number): boolean {
    return now < this.#ejectedUntil;
  }

  /** Lets one request through when an ejection ends: until it has answered, nobody else is sent there. */
  chosen(now: number): void {
    if (this.#ejectedUntil !== 0 && !this.ejected(now)) this.#ejectedUntil = now + this.#ejectionMs;
  }
}

export interface Loaded {
  readonly pending: number;
  readonly load: Load;
}

/** How many times slower one of two quick ones must be to count as slower: less is chance. */
const slowerBy = 2;
/** Milliseconds up to which that holds. */
const quickMs = 50;

/** True when `other` is to be preferred. Of two that are about as quick, the one with less under way. */
function isCheaper(other: Loaded, one: Loaded, now: number): boolean {
  const [a, b] = [Math.max(other.load.latency(now), noiseMs), Math.max(one.load.latency(now), noiseMs)];
  if (Math.max(a, b) < quickMs && Math.max(a, b) < slowerBy * Math.min(a, b)) return other.pending < one.pending;
  return (other.pending + 1) * a < (one.pending + 1) * b;
}

/**
 * The cheaper of two candidates taken by chance, ejected ones left out unless all are. `turn` settles between equals, so
 * that they take turns. `random` gives numbers from 0 to below 1.
 */
export function chooseByLoad<T extends Loaded>(
  all: readonly T[],
  { now, turn, random }: { now: number; turn: number; random: () => number },
): T | undefined {
  const sound = all.filter(({ load }) => !load.ejected(now));
  const candidates = sound.length > 0 ? sound : all;
  const [only] = candidates;
  if (candidates.length < 2) return only;
  const first = (turn + (candidates.length > 2 ? Math.floor(random() * candidates.length) : 0)) % candidates.length;
  const step = candidates.length > 2 ? 1 + Math.floor(random() * (candidates.length - 1)) : 1;
  const one = candidates[first] as T;
  const other = candidates[(first + step) % candidates.length] as T;
  return isCheaper(other, one, now) ? other : one;
}
