/** How long to wait before a program that ended is started again. */

/** Milliseconds: doubled at each end in a row. */
const first = 500;
const longest = 30_000;
/** A life this long was healthy: the next wait is the first one again. */
const healthy = 60_000;

export class Backoff {
  #inRow = 0;

  /** Milliseconds to wait after a life of `livedMs`. */
  next(livedMs: number): number {
    if (livedMs >= healthy) this.#inRow = 0;
    const wait = Math.min(first * 2 ** this.#inRow, longest);
    this.#inRow += 1;
    return wait;
  }

  reset(): void {
    this.#inRow = 0;
  }
}
