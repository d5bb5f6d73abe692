/** The recorded requests of the recipes, and what of an answer counts. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listOf, normal, shown } from '../../support/same/recorded.ts';

const recipes = join(import.meta.dirname, '../../../recipes');
const names = readdirSync(recipes, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(recipes, entry.name)).includes('recipe.yaml'))
  .map(({ name }) => name);

test.each(names)('%s has recorded requests: pages, paths that are not there, other methods, redirects', (recipe) => {
  const { requests, differs = [], development = '' } = listOf(recipe);
  expect(requests.length).toBeGreaterThanOrEqual(20);
  expect(requests.some(({ plain }) => plain)).toBe(true);
  expect(requests.some(({ method }) => method === 'HEAD')).toBe(true);
  expect(requests.some(({ method }) => method === 'POST')).toBe(true);
  for (const { pattern, why } of [...differs, { pattern: development, why: 'a server for development' }]) {
    expect(() => new RegExp(pattern, 'g')).not.toThrow();
    expect(why).not.toBe('');
  }
});

const place = { httpsPort: 8443, httpPort: 8080 };

test('of an answer only what must differ is taken out', () => {
  const told = {
    status: 200,
    headers: { location: 'https://a.localhost:8443/x', 'x-left': '12', etag: '"8443"' },
    body: 'at 2026-01-02T03:04:05.678Z from "replica":"api-1", 12 left',
  };
  const counted = new Map<string, number>();
  const differs = [{ pattern: '"replica":"[^"]*"', why: 'a name' }];
  expect(normal(place, { path: '/' }, told, differs, (why, times) => counted.set(why, times))).toEqual({
    status: 200,
    headers: { location: 'https://a.localhost:~/x', 'x-left': '12', etag: '"8443"' },
    body: 'at ~ from ~, 12 left',
  });
  expect(counted.get('a name')).toBe(1);
});

test("of the ingress's own answer only the code and the address count", () => {
  const told = { status: 301, headers: { location: 'https://a/', 'content-type': 'text/html' }, body: 'moved' };
  expect(normal(place, { path: '/', plain: true }, told, [], () => {})).toEqual({
    status: 301,
    headers: { location: 'https://a/' },
    body: '',
  });
});

test('of a page that a development server adds to, what it shows counts', () => {
  const body =
    '<html><head><title>x</title></head><body><!-- a --><script>1</script><h1>Two\n words</h1></body></html>';
  const told = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', etag: '1' }, body };
  expect(shown(told)).toEqual({ status: 200, headers: { type: 'text/html' }, body: 'Two words' });
});
