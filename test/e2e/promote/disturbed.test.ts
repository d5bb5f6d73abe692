/** A sample of what `scripts/promote-faults.ts` counts: promotions that go wrong, and what the next run makes of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineOf } from '../../../scripts/support/promotion/engine.ts';
import { groundOf } from '../../../scripts/support/promotion/ground.ts';
import { failedCreate, type Ground, killed } from '../../../scripts/support/promotion/trouble.ts';

/** A busy machine takes minutes for what takes seconds on a quiet one. */
const deadline = 600_000;
let ground: Ground;
beforeAll(async () => {
  ground = await groundOf('gcp', engineOf('built-in', ''));
}, deadline);
afterAll(() => {
  for (const place of [ground.fresh, ground.promoted]) place.remove();
});

test('a create that fails and leaves something behind is taken in by the next run', { timeout: deadline }, async () => {
  const urn = ground.urns.find((one) => one.includes('network:Network::')) ?? '';
  const { history, problems } = await failedCreate(ground, 'left something', urn);
  expect(problems, history.join('; ')).toEqual([]);
  expect(history).toEqual(['promote 13 (stack-failed)', 'again 0']);
});

test('a machine that dies while resources are made leaves nothing twice, and no lock', {
  timeout: deadline,
}, async () => {
  const { history, problems } = await killed(ground, 'all', Math.round(ground.events * 0.45), 50);
  expect(problems, history.join('; ')).toEqual([]);
  expect(history.at(-1)).toBe('again 0');
});
