import { expect, test } from 'vitest';
import { distance, nearest } from '../../src/app/nearest.ts';
import { appOf, readFiles } from '../support/definitions.ts';
import { faultyLayer, largeLayer } from '../support/large.ts';

test('a thousand services in a chain of links resolve, in order, without taking long', async () => {
  const began = performance.now();
  const app = await appOf(largeLayer(1000));
  // The benchmark measures; this only guards against anything worse than linear on a busy machine.
  expect(performance.now() - began).toBeLessThan(6000);
  expect(app.services.map((service) => service.name)).toEqual(Array.from({ length: 1000 }, (_, i) => `service-${i}`));
  expect(app.resources).toHaveLength(1000);
}, 20_000);

test('thousands of mistakes take no longer than as many correct lines; the first of them have hints', async () => {
  const began = performance.now();
  const { diagnostics } = await readFiles(faultyLayer(3000));
  // Looking through all names for each mistake took half a minute here.
  expect(performance.now() - began).toBeLessThan(8000);
  expect(diagnostics.filter((d) => d.severity === 'error')).toHaveLength(200);
  expect(diagnostics[0]?.hints).toHaveLength(1);
}, 20_000);

test('near names are found whatever is given up early', () => {
  expect(nearest('pyhton', ['python', 'path', 'typhoon', 'a-very-long-name'])).toEqual(['python', 'typhoon']);
  expect(nearest('db', ['bd', 'da', 'cache'])).toEqual(['bd', 'da']);
  expect([distance('abcd', 'badc', 2), distance('abcd', 'badc', 1), distance('kitten', 'sitting', 3)]).toEqual([
    2, 2, 3,
  ]);
});
