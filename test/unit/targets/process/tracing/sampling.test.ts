import { expect, test } from 'vitest';
import { Sampling } from '../../../../../src/targets/process/tracing/sampling.ts';

test('of a load some are wanted, and what comes amid it from elsewhere always', () => {
  const sampling = new Sampling();
  let [wanted, rare] = [0, 0];
  for (let ms = 0; ms < 10_000; ms += 2) {
    if (sampling.wants('GET /load', ms)) wanted += 1;
    if (ms % 1000 === 500 && sampling.wants(`GET /terminal-${ms}`, ms)) rare += 1;
  }
  expect(wanted).toBeGreaterThan(200);
  expect(wanted).toBeLessThan(300);
  expect(rare).toBe(10);
});

test('a name that has not come for a while is rare again; one that keeps coming is not', () => {
  const sampling = new Sampling();
  const exhaust = (from: number) => {
    for (let i = 0; i < 100; i += 1) sampling.wants('GET /load', from);
  };
  exhaust(0);
  expect(sampling.wants('GET /a', 0)).toBe(true);
  expect(sampling.wants('GET /a', 0)).toBe(false);
  exhaust(6000);
  expect(sampling.wants('GET /a', 6000)).toBe(false);
  exhaust(20_000);
  exhaust(26_000);
  expect(sampling.wants('GET /a', 26_000)).toBe(true);
});

test('requests that all have names of their own are bounded too', () => {
  const sampling = new Sampling();
  let wanted = 0;
  for (let ms = 0; ms < 10_000; ms += 1) if (sampling.wants(`GET /order/${ms}`, ms)) wanted += 1;
  expect(wanted).toBeLessThanOrEqual(11 * 50);
});
