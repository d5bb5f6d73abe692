import { mkdir, mkdtemp, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  copyBinaries,
  findPostgres,
  isComplete,
  makeLinks,
} from '../../../../../src/targets/process/resources/postgres-binaries.ts';
import { system } from '../../../../support/resources.ts';

let folder: string;
let source: string;

/** The package as npm unpacks it when no install script runs: files, a list of links, and no links. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-binaries-'));
  source = join(folder, 'package', 'native');
  await mkdir(join(source, 'lib'), { recursive: true });
  await mkdir(join(source, 'bin'));
  await writeFile(join(source, 'lib', 'libpq.so.5.17'), 'library');
  const links = [
    { source: 'native/lib/libpq.so.5.17', target: 'native/lib/libpq.so.5' },
    { source: 'native/lib/libpq.so.5.17', target: 'native/lib/libpq.so' },
  ];
  await writeFile(join(source, 'pg-symlinks.json'), JSON.stringify(links));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the links that the install script would make are made, once', async () => {
  expect(await isComplete(source)).toBe(false);
  await makeLinks(source);
  expect(await isComplete(source)).toBe(true);
  expect(await readlink(join(source, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.17');
  await makeLinks(source);
});

test('links that are partly there are completed', async () => {
  await makeLinks(source);
  await rm(join(source, 'lib', 'libpq.so'));
  expect(await isComplete(source)).toBe(false);
  await makeLinks(source);
  expect(await isComplete(source)).toBe(true);
});

test('a copy has its links while the package stays as it was; copying at the same time is no problem', async () => {
  const home = join(folder, 'cache', 'postgres-17', 'native');
  await Promise.all([copyBinaries(source, home), copyBinaries(source, home)]);
  expect(await isComplete(home)).toBe(true);
  expect(await isComplete(source)).toBe(false);
});

test('a package without a list of links, as for Windows, is complete', async () => {
  await rm(join(source, 'pg-symlinks.json'));
  expect(await isComplete(source)).toBe(true);
});

test('a system that there is no package for has none', async () => {
  expect(await findPostgres({ ...system, platform: 'sunos' }, folder)).toBeUndefined();
});
