import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Service } from '../../../../src/app/app.ts';
import { archiveOf } from '../../../../src/targets/kind/copy.ts';
import { folderOfCode, globsOf, meaningOf } from '../../../../src/targets/kind/edits.ts';
import { service } from '../../../support/app.ts';

const build = { context: '/shop/web', dockerfile: '/shop/web/Dockerfile', args: {}, platforms: [] };
const web = (dev: Partial<Service['dev']>) =>
  service({ name: 'web', image: { kind: 'build', build }, dev: { watch: [], sync: [], env: {}, ...dev } });
const sync = [
  { from: 'src', to: '/app/src' },
  { from: 'public', to: '/srv/public/' },
];
const nothing = { copies: [], restart: false, rebuild: false };

test('an edit of a copied folder is copied, and builds nothing', () => {
  expect(meaningOf(web({ sync }), ['/shop/web/public/a/page.css'])).toEqual({
    ...nothing,
    copies: [{ file: '/shop/web/public/a/page.css', to: '/srv/public/a/page.css' }],
  });
});

test('the program starts again for what is watched', () => {
  const own = web({ sync, watch: ['src/**'] });
  expect(meaningOf(own, ['/shop/web/src/main.ts']).restart).toBe(true);
  expect(meaningOf(own, ['/shop/web/public/page.css']).restart).toBe(false);
  expect(meaningOf(own, ['/shop/web/public/page.css', '/shop/web/src/main.ts'])).toMatchObject({
    restart: true,
    rebuild: false,
  });
});

test('any other edit of an image whose edits are copied builds it anew', () => {
  expect(meaningOf(web({ sync }), ['/shop/web/package.json'])).toEqual({ ...nothing, rebuild: true });
});

test('without copying, an edit of what is watched builds the image anew, and no other', () => {
  const own = web({ watch: ['src/**'] });
  expect(meaningOf(own, ['/shop/web/src/main.ts'])).toEqual({ ...nothing, rebuild: true });
  expect(meaningOf(own, ['/shop/web/README.md'])).toEqual(nothing);
});

test('an image by reference is never built', () => {
  const own = service({ name: 'web', dev: { directory: '/shop/web', watch: ['**'], sync, env: {} } });
  expect(meaningOf(own, ['/shop/web/package.json'])).toEqual(nothing);
  expect(meaningOf(own, ['/shop/web/src/main.ts']).copies).toHaveLength(1);
});

test('one file can be copied under another name', () => {
  const own = web({ sync: [{ from: 'local.json', to: '/etc/app.json' }] });
  expect(meaningOf(own, ['/shop/web/local.json']).copies).toEqual([
    { file: '/shop/web/local.json', to: '/etc/app.json' },
  ]);
});

test('paths begin in the folder of the code, else in that of the build', () => {
  expect(folderOfCode(web({}))).toBe('/shop/web');
  expect(folderOfCode(web({ directory: '/shop/code' }))).toBe('/shop/code');
  expect(folderOfCode(service({ name: 'web' }))).toBeUndefined();
});

test('all is watched where edits are copied', () => {
  expect(globsOf(web({ sync, watch: ['src/**'] }))).toEqual(['**', 'src/**']);
  expect(globsOf(web({ watch: ['src/**'] }))).toEqual(['src/**']);
  expect(globsOf(web({}))).toEqual([]);
});

test('a file that is gone is deleted in the container', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'opta-copy-'));
  try {
    writeFileSync(join(folder, 'a'), 'text');
    const { archive, deleted } = await archiveOf([
      { file: join(folder, 'a'), to: '/app/a' },
      { file: join(folder, 'b'), to: '/app/b' },
    ]);
    expect(deleted).toEqual(['/app/b']);
    expect(archive.toString('latin1')).toMatch(/^app\/a\0/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
