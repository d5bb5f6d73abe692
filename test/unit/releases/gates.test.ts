/** Which release may go where: verified before, approved with a reason, held after a rollback. */
import { describe, expect, test } from 'vitest';
import { demandLayers, findRelease, type GateInput, gate, heldBy } from '../../../src/releases/gates.ts';
import type { Phase, Promotion } from '../../../src/releases/promotion.ts';
import { newRelease, type Release } from '../../../src/releases/release.ts';

const pins = { opta: '1.0.0', providers: {}, charts: {} };

function release(number: number): Release {
  const images = { 'shop/api': { digest: `sha256:${String(number).padStart(64, '0')}`, origin: 'registry' as const } };
  const made = new Date(Date.UTC(2026, 0, number)).toISOString();
  return newRelease({ definition: 'd', images, pins }, { made, madeFor: 'staging' });
}

function promotion(of: Release, phase: Phase = 'Succeeded', more: Partial<Promotion> = {}): Promotion {
  const begun = '2026-01-01T00:00:00.000Z';
  return {
    id: '1',
    environment: 'production',
    release: of.hash,
    alias: of.alias,
    by: 'ada',
    begun,
    phase,
    applied: [],
    retained: {},
    ...more,
  };
}

const [first, second, third] = [release(1), release(2), release(3)];

const input = (more: Partial<GateInput>): GateInput => ({
  environment: 'production',
  before: 'staging',
  beforeRecords: [],
  ownRecords: [],
  release: first,
  releases: [first, second, third],
  named: false,
  reason: undefined,
  ...more,
});

describe('the gate', () => {
  test('lets a release through that was promoted well before', () => {
    expect(gate(input({ beforeRecords: [promotion(first)] }))).toEqual({});
  });

  test.each<Phase>(['Pending', 'Running', 'Failed', 'Errored', 'Aborted'])(
    'refuses one that only was %s there',
    (phase) => {
      expect(() => gate(input({ beforeRecords: [promotion(first, phase)] }))).toThrow(/not verified in staging/);
    },
  );

  test('refuses another release than the verified one', () => {
    expect(() => gate(input({ beforeRecords: [promotion(second)] }))).toThrow(
      expect.objectContaining({ code: 'release-unverified' }),
    );
  });

  test('lets an unverified one through with a reason, and hands the reason on', () => {
    expect(gate(input({ reason: ' the shop is down ' }))).toEqual({ unverified: 'the shop is down' });
    expect(() => gate(input({ reason: '  ' }))).toThrow(/not verified/);
  });

  test('asks nothing of the first environment', () => {
    expect(gate(input({ before: undefined }))).toEqual({});
  });

  test('does not count the destroy of an environment as a verification', () => {
    expect(() => gate(input({ beforeRecords: [promotion(first, 'Succeeded', { destroy: true })] }))).toThrow(
      /not verified/,
    );
  });
});

describe('a rollback', () => {
  const rolledBack = [promotion(first), promotion(second), promotion(first)];

  test('needs no verification: what ran here was let in then', () => {
    expect(gate(input({ ownRecords: [promotion(first), promotion(second)], named: true }))).toEqual({});
  });

  test('holds the environment against whatever comes by itself', () => {
    const next = input({ ownRecords: rolledBack, beforeRecords: [promotion(third)], release: third });
    expect(() => gate(next)).toThrow(expect.objectContaining({ code: 'environment-held' }));
    expect(gate({ ...next, named: true })).toEqual({});
  });

  test('holds until the newest is promoted again', () => {
    expect(heldBy(rolledBack, [first, second, third])).toEqual(first);
    expect(heldBy([...rolledBack, promotion(second)], [first, second, third])).toBeUndefined();
    expect(heldBy([...rolledBack, promotion(third)], [first, second, third])).toBeUndefined();
    expect(heldBy([...rolledBack, promotion(second, 'Errored')], [first, second, third])).toEqual(first);
  });
});

describe('naming a release', () => {
  test('goes by hash, its begin, and alias', () => {
    for (const name of [first.hash, first.hash.slice(0, 6), first.alias]) {
      expect(findRelease([first, second], name, 'staging')).toEqual(first);
    }
  });

  test('says what there is when there is no such release', () => {
    expect(() => findRelease([first], 'no-such', 'staging')).toThrow(
      expect.objectContaining({ code: 'release-unknown', detail: [expect.stringContaining(first.hash)] }),
    );
  });
});

describe('a release', () => {
  test('is another one when a digest, the definition or a pin is another one, and only then', () => {
    const content = { definition: first.definition, images: first.images, pins };
    const about = { made: '2030-01-01T00:00:00.000Z', madeFor: 'production' };
    expect(newRelease(content, about).hash).toBe(first.hash);
    expect(newRelease({ ...content, definition: 'e' }, about).hash).not.toBe(first.hash);
    expect(newRelease({ ...content, pins: { ...pins, opta: '1.0.1' } }, about).hash).not.toBe(first.hash);
    expect(second.hash).not.toBe(first.hash);
    expect(first.alias).toMatch(/^[a-z]+-[a-z]+$/);
  });
});

describe('layers of an environment', () => {
  const both = { standing: first, environment: 'staging', waivers: [] };

  test('are promoted together: one that stands and is left out would go', () => {
    expect(() => demandLayers({ ...both, layers: ['pay'] })).toThrow(
      expect.objectContaining({
        code: 'layer-missing',
        message: 'shop stands in staging, and would go: not a layer of this run',
        hints: expect.arrayContaining(['When it is to go: --waive shop.']),
      }),
    );
  });

  test('may come anew, and may go by name', () => {
    expect(() => demandLayers({ ...both, layers: ['pay', 'shop'] })).not.toThrow();
    expect(() => demandLayers({ ...both, layers: ['pay'], waivers: ['shop'] })).not.toThrow();
    expect(() => demandLayers({ ...both, layers: ['pay'], standing: undefined })).not.toThrow();
  });
});
