/** Figures of the last seconds from counters that only grow. */
import { expect, test } from 'vitest';
import { type EdgeCounts, Rates } from '../../../src/ui/view/rates.ts';

const bounds = [1, 10, 100, 1000];
/** An edge after `quick` requests of 1 to 10 ms and `slow` ones of 100 to 1000. */
const edge = (quick: number, slow: number, more: Partial<EdgeCounts> = {}): EdgeCounts => ({
  caller: 'opta/ingress',
  callee: 'shop/web',
  requests: quick + slow,
  succeeded: quick + slow,
  refused: 0,
  retries: 0,
  buckets: bounds.map((bound) => [bound, bound < 10 ? 0 : bound < 1000 ? quick : quick + slow]),
  mtls: true,
  ...more,
});
const name = (service: string) => service.replace('opta/', '');

test('a single look has counts and no rates', () => {
  const rates = new Rates();
  rates.add(0, [edge(10, 0)]);
  const [now] = rates.now(name);
  expect(now).toMatchObject({ from: 'ingress', to: 'shop/web', perSecond: 0, requests: 10, mtls: true });
  expect(now).not.toHaveProperty('success');
});

test('rates and quantiles are those since the look before, not since the start', () => {
  const rates = new Rates();
  rates.add(0, [edge(1000, 1000, { succeeded: 0 })]);
  rates.add(2000, [edge(1098, 1002, { succeeded: 75, retries: 20 })]);
  const [now] = rates.now(name);
  expect(now).toMatchObject({ perSecond: 50, success: 0.75, retriesPerSecond: 10, requests: 2100 });
  expect(now?.p50).toBeGreaterThan(1);
  expect(now?.p95).toBeLessThan(10);
  expect(now?.p99).toBeGreaterThan(100);
});

test('what is older than five seconds is forgotten', () => {
  const rates = new Rates();
  for (let second = 0; second <= 10; second += 1) rates.add(second * 1000, [edge(second < 5 ? second * 100 : 500, 0)]);
  expect(rates.now(name)[0]).toMatchObject({ perSecond: 0, requests: 500 });
});

test('an edge that is new counts from nothing, and a mesh that started anew from its start', () => {
  const rates = new Rates();
  rates.add(0, []);
  rates.add(1000, [edge(100, 0)]);
  expect(rates.now(name)[0]).toMatchObject({ perSecond: 100, success: 1 });
  rates.add(2000, [edge(3, 0)]);
  expect(rates.now(name)[0]).toMatchObject({ perSecond: 0, requests: 3 });
});
