/** Prices: each figure has a source and a date, and what has none is said to be unknown. */
import { describe, expect, test } from 'vitest';
import { estimate, estimateText, hasPrices, priceOf, prices } from '../../../src/resources/prices.ts';
import { regionShapes, regions } from '../../../src/resources/regions.ts';

test.each(prices)(
  '$provider $item in $region has a source and a date',
  ({ usdMonth, source, dated, provider, region }) => {
    expect(usdMonth).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\/\S+$/);
    expect(dated).toMatch(/^20\d\d-\d\d$/);
    expect(['*', ...regions[provider].map(({ name }) => name)]).toContain(region);
  },
);

test('no price stands in for another region', () => {
  expect(priceOf('aws', 't3.medium', 'us-east-1')).toBeDefined();
  expect(priceOf('aws', 't3.medium', 'eu-south-2')).toBeUndefined();
  expect(priceOf('aws', 'eks-cluster', 'eu-south-2')?.usdMonth).toBe(73);
  expect(hasPrices('aws', 'eu-south-2')).toBe(false);
});

/** What our own recipes and sizes buy, in the regions where most are: spot machines have no fixed price anywhere. */
describe.each(['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-1'])('Amazon in %s', (region) => {
  const ours = ['eks-cluster', 'public-ipv4', 'kms-key', 't3.medium', 't3.large', 'm6i.large', 'm6i.xlarge'];
  const classes = ['db.t3.medium', 'db.t4g.small', 'db.t4g.medium', 'db.m6g.large'];
  test.each([...ours, ...classes.flatMap((one) => [`postgres ${one}`, `mysql ${one}`])])(
    'has a price of %s',
    (item) => {
      expect(priceOf('aws', item, region)).toBeDefined();
    },
  );
});

describe.each(['us-central1', 'us-east1', 'europe-west1', 'europe-west3', 'asia-southeast1'])(
  'Google in %s',
  (region) => {
    test.each(['gke-cluster', 'kms-key', 'dns-zone', 'n2-highcpu-4', 'n2-standard-4', 'n2-standard-8'])(
      'has a price of %s',
      (item) => {
        expect(priceOf('gcp', item, region)).toBeDefined();
      },
    );
  },
);

describe('an estimate', () => {
  test('adds up what is known, and names what is not', () => {
    const both = estimate('aws', 'us-east-1', [
      { item: 'eks-cluster', count: 1 },
      { item: 'x9.huge', count: 3 },
    ]);
    expect(both).toEqual({ usdMonth: 73, unknown: ['x9.huge'], dated: '2026-03' });
    expect(estimateText(both)).toBe('at least $73 a month; not priced: x9.huge');
  });

  test('says unknown when nothing is known', () => {
    expect(estimateText(estimate('gcp', 'europe-west1', [{ item: 'cloud-nat', count: 1 }]))).toBe(
      'cost unknown; not priced: cloud-nat',
    );
  });

  test('says that no list covers a region', () => {
    const all = estimate('aws', 'eu-south-2', [
      { item: 'eks-cluster', count: 1 },
      { item: 't3.medium', count: 2 },
    ]);
    expect(estimateText(all)).toBe(
      'at least $73 a month; not priced: t3.medium; no list of prices here covers eu-south-2',
    );
  });
});

test.each(['aws', 'gcp'] as const)('every region of %s has the shape of one', (cloud) => {
  for (const { name } of regions[cloud]) expect(name).toMatch(regionShapes[cloud]);
});

test.each(['us-gov-west-1', 'cn-north-1', 'eusc-de-east-1', 'eu-isoe-west-1', 'ap-southeast-12'])(
  '%s may be a region of Amazon',
  (name) => {
    expect(name).toMatch(regionShapes.aws);
  },
);

test('regions have at least two zones, named after them', () => {
  for (const { name, zones } of [...regions.aws, ...regions.gcp]) {
    expect(zones.length, name).toBeGreaterThanOrEqual(2);
    for (const zone of zones) expect(zone.startsWith(name)).toBe(true);
  }
});
