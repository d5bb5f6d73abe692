import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseRange, contains, overlaps, parseRange, rangeText, sizeOf } from '../../../src/app/addresses.ts';
import { planAws, planGcp } from '../../../stacks/addresses.ts';

const octet = fc.integer({ min: 0, max: 255 });
const range = (min: number, max: number) =>
  fc
    .tuple(fc.constantFrom(10, 172, 192), octet, octet, octet, fc.integer({ min, max }))
    .map(([a, b, c, d, bits]) => rangeText(parseRange(`${a}.${b}.${c}.${d}/${bits}`)));

const disjoint = (ranges: readonly string[]): boolean => {
  const parsed = ranges.map(parseRange);
  return parsed.every((one, index) => parsed.slice(index + 1).every((other) => !overlaps(one, other)));
};

const aligned = (text: string): boolean => rangeText(parseRange(text)) === text;

describe('planAws', () => {
  test('is the plan of a /16: three of each tier in the lower half', () => {
    const plan = planAws('10.4.0.0/16', 3);
    expect(plan).toEqual({
      total: '10.4.0.0/16',
      private: ['10.4.0.0/19', '10.4.32.0/19', '10.4.64.0/19'],
      public: ['10.4.96.0/22', '10.4.100.0/22', '10.4.104.0/22'],
      data: ['10.4.108.0/24', '10.4.109.0/24', '10.4.110.0/24'],
      cluster: ['10.4.111.0/28', '10.4.111.16/28', '10.4.111.32/28'],
    });
  });

  test('leaves the upper half free, whatever the range', () => {
    fc.assert(
      fc.property(range(16, 16), (total) => {
        const { first, bits } = parseRange(total);
        const lower = { first, bits: bits + 1 };
        const plan = planAws(total, 3);
        const all = [...plan.private, ...plan.public, ...plan.data, ...plan.cluster];
        expect(all.every((one) => contains(lower, parseRange(one)))).toBe(true);
      }),
    );
  });

  test('has ranges that lie inside, are aligned and never meet, for any size and number of zones', () => {
    fc.assert(
      fc.property(range(16, 20), fc.integer({ min: 1, max: 3 }), (total, zones) => {
        const plan = planAws(total, zones);
        const all = [...plan.private, ...plan.public, ...plan.data, ...plan.cluster];
        expect(all).toHaveLength(4 * zones);
        expect(disjoint(all)).toBe(true);
        expect(all.every((one) => aligned(one) && contains(parseRange(total), parseRange(one)))).toBe(true);
        // A subnet of AWS is a /28 at least, of which eleven addresses are of use.
        expect(all.every((one) => sizeOf(parseRange(one)) - 5 >= 11)).toBe(true);
      }),
    );
  });

  test('has room for three hundred pods in each private subnet of a /16, at ten times that', () => {
    for (const one of planAws('10.0.0.0/16', 3).private) expect(sizeOf(parseRange(one)) - 5).toBeGreaterThan(3000);
  });

  test('keeps written ranges and plans the rest around them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 28 }), fc.constantFrom(19, 20, 21), (slot, bits) => {
        const size = 2 ** (32 - bits);
        const starts = [0, 1, 2].map(
          (index) => parseRange('10.9.0.0/16').first + ((slot + index) % (65_536 / size)) * size,
        );
        const written = starts.map((first) => rangeText({ first, bits }));
        const plan = planAws('10.1.0.0/16', 3, { total: '10.9.0.0/16', private: written });
        expect(plan.private).toEqual(written);
        expect(disjoint([...plan.private, ...plan.public, ...plan.data, ...plan.cluster])).toBe(true);
      }),
    );
  });

  test("takes the original's layout as it is", () => {
    const plan = planAws('10.4.0.0/16', 3, {
      total: '10.0.0.0/16',
      private: ['10.0.128.0/21', '10.0.136.0/21', '10.0.144.0/21'],
      public: ['10.0.0.0/21', '10.0.8.0/21', '10.0.16.0/21'],
    });
    expect(plan.data[0]).toBe('10.0.24.0/24');
    expect(disjoint([...plan.private, ...plan.public, ...plan.data, ...plan.cluster])).toBe(true);
  });

  test.each([
    ['10.0.0.0/8', {}, /between a \/16 and a \/20/],
    ['10.0.0.0/16', { private: ['10.1.0.0/19'] }, /outside of 10.0.0.0\/16/],
    ['10.0.0.0/16', { private: ['10.0.0.0/19', '10.0.16.0/20'] }, /meets another one/],
    ['10.0.0.0/16', { private: ['10.0.0.0/17', '10.0.128.0/17'] }, /no room/],
  ])('refuses %s with %o', (total, written, message) => {
    expect(() => planAws(total, 3, written)).toThrow(message);
  });
});

describe('planGcp', () => {
  test("is the original's plan in the range of the environment", () => {
    expect(planGcp('10.4.0.0/16', 1)).toEqual({
      nodes: '10.4.0.0/19',
      pods: '10.4.32.0/19',
      services: '10.4.64.0/20',
      controlPlane: '10.4.80.0/28',
      caches: ['10.4.80.16/29'],
    });
  });

  test('has ranges that never meet, with any written ones and any number of caches', () => {
    fc.assert(
      fc.property(range(16, 16), fc.integer({ min: 0, max: 40 }), fc.boolean(), (total, caches, write) => {
        const nodes = write ? rangeText({ first: parseRange(total).first + 32_768, bits: 20 }) : undefined;
        const plan = planGcp(total, caches, { nodes });
        const all = [plan.nodes, plan.pods, plan.services, plan.controlPlane, ...plan.caches];
        expect(plan.caches).toHaveLength(caches);
        expect(disjoint(all) && all.every(aligned)).toBe(true);
      }),
    );
  });
});

describe('chooseRange', () => {
  test('is the first /16 that nobody has, never one of kind', () => {
    expect(chooseRange([])).toBe('10.0.0.0/16');
    expect(chooseRange(['10.0.0.0/16', '10.2.3.0/24'])).toBe('10.1.0.0/16');
    expect(chooseRange(['10.0.0.0/8'])).toBeUndefined();
  });

  test('gives each of many environments one of its own', () => {
    const taken: string[] = [];
    for (let next = chooseRange(taken); next !== undefined; next = chooseRange(taken)) taken.push(next);
    expect(taken).toHaveLength(254);
    expect(disjoint([...taken, '10.244.0.0/16', '10.96.0.0/16'])).toBe(true);
  });

  test('meets nothing that is taken', () => {
    fc.assert(
      fc.property(fc.array(range(8, 28), { maxLength: 12 }), (taken) => {
        const chosen = chooseRange(taken);
        if (chosen === undefined) return;
        expect(taken.every((other) => !overlaps(parseRange(chosen), parseRange(other)))).toBe(true);
      }),
    );
  });
});
