import { expect, test } from 'vitest';
import { distance, nearest } from '../../src/app/nearest.ts';
import { appOf, readFiles } from '../support/definitions.ts';
import { faultyLayer, largeLayer } from '../support/large.ts';

/** What came of it, and the seconds of a core that this process used: what else runs on the machine does not count. */
async function measured<T>(act: () => Promise<T>): Promise<{ readonly made: T; readonly seconds: number }> {
  const before = process.cpuUsage();
  const made = await act();
  const { user, system } = process.cpuUsage(before);
  return { made, seconds: (user + system) / 1e6 };
}

test('a thousand services in a chain of links resolve, in order, without taking long', async () => {
  const { made: app, seconds } = await measured(() => appOf(largeLayer(1000)));
  // The benchmark measures; this only guards against anything worse than linear.
  expect(seconds).toBeLessThan(15);
  expect(app.services.map((service) => service.name)).toEqual(Array.from({ length: 1000 }, (_, i) => `service-${i}`));
  expect(app.resources).toHaveLength(1000);
});

test('thousands of mistakes take no longer than as many correct lines; the first of them have hints', async () => {
  const { made, seconds } = await measured(() => readFiles(faultyLayer(3000)));
  const { diagnostics } = made;
  // Looking through all names for each mistake took half a minute here.
  expect(seconds).toBeLessThan(15);
  expect(diagnostics.filter((d) => d.severity === 'error')).toHaveLength(200);
  expect(diagnostics[0]?.hints).toHaveLength(1);
});

test('near names are found whatever is given up early', () => {
  expect(nearest('pyhton', ['python', 'path', 'typhoon', 'a-very-long-name'])).toEqual(['python', 'typhoon']);
  expect(nearest('db', ['bd', 'da', 'cache'])).toEqual(['bd', 'da']);
  expect([distance('abcd', 'badc', 2), distance('abcd', 'badc', 1), distance('kitten', 'sitting', 3)]).toEqual([
    2, 2, 3,
  ]);
});
