/** Does something soon, but not too often. */
import type { Clock } from '../system/system.ts';

export interface Paced {
  /** Asks for it: at once when the last time is long enough ago, else when it will be. */
  soon(): void;
  /** Does it now. */
  now(): void;
  /** Takes back what was asked for; nothing asked for later happens until `now`. */
  pause(): void;
}

/** `act` at most once each `ms`. */
export function paced(clock: Clock, ms: number, act: () => void): Paced {
  let last = Number.NEGATIVE_INFINITY;
  let paused = false;
  let cancel: (() => void) | undefined;
  const now = () => {
    cancel?.();
    cancel = undefined;
    paused = false;
    last = clock.monotonic();
    act();
  };
  return {
    now,
    soon() {
      if (!paused) cancel ??= clock.after(Math.max(0, last + ms - clock.monotonic()), now);
    },
    pause() {
      cancel?.();
      cancel = undefined;
      paused = true;
    },
  };
}
