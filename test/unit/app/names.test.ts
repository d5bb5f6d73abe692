import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as names from '../../../src/app/names.ts';
import { didYouMean, distance, listed, nearest } from '../../../src/app/nearest.ts';
import { isCronSchedule } from '../../../src/app/resolve/cron.ts';

const long = 'a-very-long-name-of-a-layer-in-production';

describe('derived names', () => {
  test('keep within their limits, are stable, and differ when their origin does', () => {
    const derived: readonly (readonly [number, (name: string) => string])[] = [
      [32, (name) => names.loadBalancerName('production', name)],
      [30, (name) => names.serviceAccountName('production', name, 'module')],
      [64, (name) => names.roleName('production', name, 'a-module-with-a-long-name')],
      [63, (name) => names.bucketName('organisation', 'production', name, '123456789012')],
      [40, (name) => names.resourceName('production', name, 'module')],
    ];
    for (const [limit, derive] of derived) {
      const one = derive(`${long}-one`);
      expect(one.length).toBeLessThanOrEqual(limit);
      expect(one).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/);
      expect(derive(`${long}-one`)).toBe(one);
      expect(derive(`${long}-two`)).not.toBe(one);
    }
  });

  test('of service accounts at Google have six characters at least', () => {
    expect(names.serviceAccountName('p', 'a', 'b')).toMatch(/^p-a-b-[0-9a-f]{8}$/);
    expect(names.serviceAccountName('p', 'a', 'bc')).toBe('p-a-bc');
  });

  test('are of one layer and module only, wherever the hyphens are', () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    const parts = fc.array(word, { minLength: 3, maxLength: 6 });
    const makers = [names.roleName, names.serviceAccountName, names.resourceName, names.imageRepository];
    fc.assert(
      fc.property(parts, fc.nat(), fc.nat(), (words, one, other) => {
        const cut = (at: number) => {
          const first = 1 + (at % (words.length - 1));
          return [words.slice(0, first).join('-'), words.slice(first).join('-')] as const;
        };
        const [a, b] = [cut(one), cut(other)];
        for (const name of makers) expect(name('prod', ...a) === name('prod', ...b)).toBe(a[0] === b[0]);
      }),
    );
    expect(names.roleName('prod', 'a-b', 'c')).not.toBe(names.roleName('prod', 'a', 'b-c'));
  });

  test('keep within their limits and their alphabets for any valid names', () => {
    const valid = fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
    fc.assert(
      fc.property(valid, valid, valid, (environment, layer, module) => {
        const limits: readonly (readonly [string, number])[] = [
          [names.roleName(environment, layer, module), 64],
          [names.serviceAccountName(environment, layer, module), 30],
          [names.resourceName(environment, layer, module), 40],
          [names.loadBalancerName(environment, layer), 32],
          [names.clusterName(environment), 40],
          [names.bucketName(layer, environment, 'state', module), 63],
        ];
        for (const [name, limit] of limits) {
          expect(name.length).toBeLessThanOrEqual(limit);
          expect(name).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/);
        }
        expect(names.resourceName(environment, layer, module)).not.toContain('--');
      }),
    );
  });

  test('short ones stay readable', () => {
    expect(names.loadBalancerName('staging', 'shop')).toBe('opta-staging-shop');
    expect(names.imageRepository('staging', 'shop', 'api')).toBe('opta-staging/shop/api');
    expect(names.shortened('x'.repeat(20), 12)).toMatch(/^xxx-[0-9a-f]{8}$/);
  });

  test('hosts and variables', () => {
    expect(names.serviceHost('shop', 'api')).toBe('api.shop');
    expect(names.namespaceName('shop')).toBe('shop');
    expect(names.localDomain('shop')).toBe('shop.localhost');
    expect(names.localHost('shop.localhost')).toBe('shop.localhost');
    expect(names.localHost('acme.example')).toBe('acme.example.localhost');
    expect(names.variableName('my-db', 'db_host')).toBe('my_db_db_host');
    expect(names.clusterName('staging')).toBe('opta-staging');
  });

  test('corrections are valid names, or nothing', () => {
    for (const name of ['MyApp', 'my_app', '--x--', '9lives', 'a.b.c', 'é-shop', 'A'.repeat(60)]) {
      expect(names.isValidName(names.correctedName(name)), name).toBe(true);
    }
    expect(names.correctedName('123')).toBe('');
  });
});

describe('near names', () => {
  test('swaps, gaps and slips are near; other words are not', () => {
    const known = ['postgres', 'mysql', 'redis', 'k8s-service'];
    expect(nearest('postgers', known)).toEqual(['postgres']);
    expect(nearest('k8service', known)).toEqual(['k8s-service']);
    expect(nearest('banana', known)).toEqual([]);
    expect(didYouMean('rediss', known)).toEqual(['did you mean `redis`?']);
  });

  test('distance and lists', () => {
    expect([distance('abcd', 'abdc', 3), distance('', 'abc', 3), distance('a', 'abcdefgh', 2)]).toEqual([1, 3, 3]);
    expect([listed([]), listed(['a']), listed(['a', 'b', 'c']), listed(['a', 'b', 'c'], 2)]).toEqual([
      '',
      '`a`',
      '`a`, `b` and `c`',
      '`a`, `b` and 1 more',
    ]);
  });
});

describe('schedules', () => {
  test.each(['* * * * *', '*/5 0-6 1,15 jan-mar MON', '@daily', '0 0 ? * 7'])('%s', (text) => {
    expect(isCronSchedule(text)).toBe(true);
  });
  test.each([
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '5-1 * * * *',
    '*/0 * * * *',
    '1/2/3 * * * *',
    '1-2-3 * * * *',
    '@often',
  ])('not %s', (text) => {
    expect(isCronSchedule(text)).toBe(false);
  });
});
