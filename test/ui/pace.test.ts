import { expect, test } from 'vitest';
import { paced } from '../../src/ui/pace.ts';
import { system } from '../support/plans.ts';

const { clock } = system;

test('what is asked for often happens at once, then no more than once in a while, and at last', async () => {
  const times: number[] = [];
  let asked = 0;
  let seen = 0;
  const pace = paced(clock, 20, () => {
    times.push(clock.monotonic());
    seen = asked;
  });
  const began = clock.monotonic();
  while (clock.monotonic() - began < 70) {
    asked += 1;
    pace.soon();
    await clock.sleep(1);
  }
  await clock.sleep(40);
  expect(seen).toBe(asked);
  expect(times.length).toBeGreaterThan(1);
  for (const [at, time] of times.entries()) if (at > 0) expect(time - (times[at - 1] ?? 0)).toBeGreaterThan(18);
});

test('a pause lasts until it is done now', async () => {
  let count = 0;
  const pace = paced(clock, 1, () => {
    count += 1;
  });
  pace.soon();
  pace.pause();
  pace.soon();
  await clock.sleep(10);
  expect(count).toBe(0);
  pace.now();
  pace.soon();
  await clock.sleep(10);
  expect(count).toBe(2);
});
