/** How much one caller may ask for: a fixed window, counted in the cache for all replicas together. */

export const limit = { requests: 60, seconds: 60 } as const;

/** Key of the window that `now` falls into. */
export const window = (caller: string, now: Date): string =>
  `limit:${caller}:${Math.floor(now.getTime() / 1000 / limit.seconds)}`;
