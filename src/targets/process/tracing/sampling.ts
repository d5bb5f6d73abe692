/** Which of the requests without a trace of their own are recorded: some of all, and what is rare among many always. */

/** New traces a second, whatever they are. */
const usualPerSecond = 25;
/** Further ones a second, of requests whose like has not come for a while: a terminal's, amid a load. */
const rarePerSecond = 25;
/** Milliseconds after which a name may be forgotten, at the latest twice as many. */
const rememberedMs = 5000;
const mostNames = 1000;
/** A longer one is not remembered, and never rare. */
const longestName = 200;

/** Fills with time, up to one second's worth. */
class Allowance {
  readonly #perSecond: number;
  #left: number;
  #at = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  take(now: number): boolean {
    this.#left = Math.min(this.#perSecond, this.#left + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

export class Sampling {
  readonly #usual = new Allowance(usualPerSecond);
  readonly #rare = new Allowance(rarePerSecond);
  /** Names of this while and of the one before. */
  #names = new Set<string>();
  #before = new Set<string>();
  #since = 0;

  /** `name` is the method and the path. `now` is milliseconds of a clock that never goes back. */
  wants(name: string, now: number): boolean {
    if (now - this.#since > rememberedMs || this.#names.size >= mostNames) {
      [this.#names, this.#before, this.#since] = [new Set(), this.#names, now];
    }
    const known = name.length > longestName || this.#names.has(name) || this.#before.has(name);
    if (name.length <= longestName) this.#names.add(name);
    return this.#usual.take(now) || (!known && this.#rare.take(now));
  }
}
