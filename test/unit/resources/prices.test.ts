/** Prices: each figure has a source and a date, and what has none is said to be unknown. */
import { describe, expect, test } from 'vitest';
import { estimate, estimateText, priceOf, prices } from '../../../src/resources/prices.ts';
import { regions } from '../../../src/resources/regions.ts';

test.each(prices)(
  '$provider $item in $region has a source and a date',
  ({ usdMonth, source, dated, provider, region }) => {
    expect(usdMonth).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\/\S+$/);
    expect(dated).toMatch(/^20\d\d-\d\d$/);
    expect(regions[provider].map(({ name }) => name)).toContain(region);
  },
);

test('no price stands in for another region', () => {
  expect(priceOf('aws', 't3.medium', 'us-east-1')).toBeDefined();
  expect(priceOf('aws', 't3.medium', 'eu-west-1')).toBeUndefined();
});

describe('an estimate', () => {
  test('adds up what is known, and names what is not', () => {
    const both = estimate('aws', 'us-east-1', [
      { item: 'eks-cluster', count: 1 },
      { item: 'x9.huge', count: 3 },
    ]);
    expect(both).toEqual({ usdMonth: 73, unknown: ['x9.huge'], dated: '2026-03' });
    expect(estimateText(both)).toBe('at least $73 a month (unknown: x9.huge)');
  });

  test('says unknown when nothing is known', () => {
    expect(estimateText(estimate('gcp', 'europe-west1', [{ item: 'n2-standard-4', count: 1 }]))).toBe('cost unknown');
  });
});

test('regions have at least two zones, named after them', () => {
  for (const { name, zones } of [...regions.aws, ...regions.gcp]) {
    expect(zones.length, name).toBeGreaterThanOrEqual(2);
    for (const zone of zones) expect(zone.startsWith(name)).toBe(true);
  }
});
