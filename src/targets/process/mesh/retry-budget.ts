/** Keeps retries from becoming a storm: at most a part of the requests, and a few a second always. Pure but for its own state. */

/** Extra load that retries may make, Linkerd's default. */
const ratio = 0.2;
/** Retries a second that are always allowed, for services with few requests. */
const reservePerSecond = 10;
/** Milliseconds that an unused allowance is kept. */
const keptMs = 10_000;

export class RetryBudget {
  #allowance = 0;
  #reserve = reservePerSecond;
  #at = 0;

  /** A first attempt. Times are milliseconds of any one clock. */
  deposit(now: number): void {
    this.#pass(now);
    this.#allowance += ratio;
  }

  /** True when one retry is allowed, which is then spent. */
  withdraw(now: number): boolean {
    this.#pass(now);
    if (this.#allowance >= 1) this.#allowance -= 1;
    else if (this.#reserve >= 1) this.#reserve -= 1;
    else return false;
    return true;
  }

  #pass(now: number): void {
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#allowance *= Math.exp(-passed / keptMs);
    this.#reserve = Math.min(reservePerSecond, this.#reserve + (passed / 1000) * reservePerSecond);
  }
}
