import { expect, test } from 'vitest';
import { appOf } from '../../support/definitions.ts';
import { largeLayer } from '../../support/large.ts';

test('a thousand services in a chain of links resolve, in order, without taking long', async () => {
  const began = performance.now();
  const app = await appOf(largeLayer(1000));
  // The benchmark measures; this only guards against anything worse than linear on a busy machine.
  expect(performance.now() - began).toBeLessThan(6000);
  expect(app.services.map((service) => service.name)).toEqual(Array.from({ length: 1000 }, (_, i) => `service-${i}`));
  expect(app.resources).toHaveLength(1000);
});
