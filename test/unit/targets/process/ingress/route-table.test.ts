import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hostOf,
  isWellFormed,
  normalPath,
  rewritten,
  routeTable,
  stripPrefix,
  underPrefix,
} from '../../../../../src/targets/process/ingress/route-table.ts';

const route = (host: string, path: string, upstream = `${host}${path}`, strip = true) => ({
  host,
  path,
  upstream,
  strip,
});

test.each([
  ['/a%20b/%2F', true],
  ['/', true],
  ['/?bad%', true],
  ['/bad%', false],
  ['/%zz', false],
  ['/a/%0', false],
  ['/a%00', false],
])('%s is a path that has sense: %s', (path, well) => expect(isWellFormed(path)).toBe(well));

describe('which route', () => {
  const table = routeTable([
    route('a.localhost', '/'),
    route('a.localhost', '/api'),
    route('a.localhost', '/api/deep'),
    route('b.localhost', '/only'),
    route('*', '/any'),
    route('*', '/api'),
  ]);
  const found = (host: string, target: string) => table.find(host, target)?.upstream;

  test.each([
    ['a.localhost', '/api', 'a.localhost/api'],
    ['a.localhost', '/api/', 'a.localhost/api'],
    ['a.localhost', '/api?x=/api/deep', 'a.localhost/api'],
    ['a.localhost', '/apix', 'a.localhost/'],
    ['a.localhost', '/api/deep/er', 'a.localhost/api/deep'],
    ['A.LocalHost:8443', '/api', 'a.localhost/api'],
    ['a.localhost.', '/api', 'a.localhost/api'],
    ['other', '/api/x', '*/api'],
    ['other', '/apix', undefined],
    ['other', '/', undefined],
    ['b.localhost', '/only', 'b.localhost/only'],
    ['b.localhost', '/api', '*/api'],
    ['b.localhost', '/none', undefined],
    ['[::1]:443', '/any', '*/any'],
    ['a.localhost', '/x/../api/y', 'a.localhost/api'],
    ['a.localhost', '/%61pi', 'a.localhost/api'],
    ['a.localhost', '//api//deep', 'a.localhost/api/deep'],
    ['a.localhost', '/../api', undefined],
  ])('%s %s', (host, target, upstream) => expect(found(host, target)).toBe(upstream));

  test('the order in which routes are written does not matter', () => {
    const routes = [route('a', '/'), route('a', '/x'), route('a', '/x/y'), route('*', '/'), route('*', '/x/y/z')];
    const targets = fc.array(fc.constantFrom('x', 'y', 'z', 'xy'), { maxLength: 4 }).map((s) => `/${s.join('/')}`);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(routes, { minLength: 5 }),
        fc.constantFrom('a', 'b'),
        targets,
        (some, host, target) => {
          expect(routeTable(some).find(host, target)).toEqual(routeTable(routes).find(host, target));
        },
      ),
    );
  });
});

describe('what the service sees', () => {
  const segments = fc.array(fc.stringMatching(/^[a-z0-9._~%-]{1,6}$/), { maxLength: 4 });

  test('it is what nginx makes of /p(/|$)(.*) -> /$2', () => {
    const prefixes = fc
      .array(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 3 })
      .map((s) => `/${s.join('/')}`);
    fc.assert(
      fc.property(prefixes, segments, fc.constantFrom('', '?', '?a=b/c'), (prefix, rest, query) => {
        const path = rest.length === 0 ? prefix : `${prefix}/${rest.join('/')}`;
        const nginx = new RegExp(`^${prefix}(/|$)(.*)`).exec(path);
        expect(underPrefix(path, prefix)).toBe(true);
        expect(stripPrefix(path + query, prefix)).toBe(`/${nginx?.[2]}${query}`);
      }),
    );
  });

  test('the prefix stays where it is to be kept, and the root takes nothing', () => {
    expect(rewritten(route('a', '/api', 'u', false), '/api/x?y')).toBe('/api/x?y');
    expect(rewritten(route('a', '/'), '//x/%2e%2e?y')).toBe('//x/%2e%2e?y');
  });

  test('escapes below the prefix stay as the client wrote them', () => {
    expect(rewritten(route('a', '/api'), '/api/a%2Fb%20c//d/../e')).toBe('/a/b%20c/e');
    expect(rewritten(route('a', '/api'), '/api/%ff?x=%2F')).toBe('/%ff?x=%2F');
    expect(rewritten(route('a', '/api'), '/api/it:s,(1);[2]|3?q')).toBe('/it:s,(1);[2]|3?q');
    expect(rewritten(route('a', '/api'), '/%61pi/b%3Fc d?q')).toBe('/b%3Fc%20d?q');
  });
});

test('a normal path has no dots and no doubled slashes, and is its own normal path', () => {
  const pieces = fc.array(fc.constantFrom('a', 'b', '.', '..', '', '%2e%2e', '%41'), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, (list) => {
      const normal = normalPath(`/${list.join('/')}`);
      if (normal === undefined) return;
      expect(normal).toMatch(/^\//);
      expect(normal.split('/').slice(1, -1)).not.toContain('');
      expect(normal.split('/')).not.toContain('..');
      expect(normalPath(normal)).toBe(normal);
    }),
  );
});

test('a host is compared without port, case and final dot', () => {
  expect(['A.b:80', 'a.b.', 'a.b', '[::1]:8080'].map(hostOf)).toEqual(['a.b', 'a.b', 'a.b', '[::1]']);
});
