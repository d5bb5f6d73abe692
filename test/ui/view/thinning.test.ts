import { expect, test } from 'vitest';
import type { Trace } from '../../../src/engine/trace.ts';
import { Thinning } from '../../../src/ui/view/thinning.ts';

const traces = (name: string, count: number, failed = false): Trace[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ id: `${name} ${i} ${failed}`, name, start: i, ms: 1, failed, hops: [], unseen: [] },
  }));

test('many of one name are thinned, others and failed ones still come', () => {
  const thinning = new Thinning();
  const shown = thinning.of([...traces('GET /load', 30), ...traces('GET /rare', 1)], new Set(), 0);
  expect(shown.map(({ name }) => name)).toEqual([...Array(10).fill('GET /load'), 'GET /rare']);
  expect(thinning.of(traces('GET /load', 30, true), new Set(), 100)).toHaveLength(10);
  expect(thinning.of(traces('GET /load', 30), new Set(), 200)).toHaveLength(0);
  expect(thinning.of(traces('GET /load', 3), new Set(), 3000)).toHaveLength(3);
});

test('what is on the page is told again when it has changed', () => {
  const thinning = new Thinning();
  const all = traces('GET /load', 30);
  const known = new Set(all.slice(20).map(({ id }) => id));
  expect(thinning.of(all, known, 0)).toHaveLength(20);
});
