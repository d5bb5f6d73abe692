import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newSecret, openSecrets } from '../../../src/platform/secrets.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-secrets-'));
  file = join(folder, '.opta', 'secrets.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a secret is made once and is the same for every later reader', async () => {
  const made = await openSecrets(file).get('back/db.password');
  expect(await openSecrets(file).get('back/db.password')).toBe(made);
  expect(await openSecrets(file).get('back/db.other')).not.toBe(made);
});

test('many asked for at once are all kept', async () => {
  const secrets = openSecrets(file);
  const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
  const made = await Promise.all(names.map((name) => secrets.get(name)));
  expect(new Set(made).size).toBe(20);
  expect(Object.values(JSON.parse(await readFile(file, 'utf8')))).toEqual(made);
  expect(await secrets.values()).toEqual(made);
});

test('only the owner reads the file, and no draft of it stays', async () => {
  await openSecrets(file).get('a');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, '.opta'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, '.opta'))).toEqual(['secrets.json']);
  await chmod(file, 0o644);
  await openSecrets(file).values();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test.each(['{', '[]', 'null', '{"a":1}'])('a file that holds %s is refused and left alone', async (text) => {
  await openSecrets(file).get('a');
  await writeFile(file, text);
  const secrets = openSecrets(file);
  await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets-unreadable' });
  expect(await readFile(file, 'utf8')).toBe(text);
  await rm(file);
  expect(await secrets.get('a')).toHaveLength(32);
});

test('asking for values makes nothing', async () => {
  expect(await openSecrets(file).values()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('a secret needs no quoting anywhere and is never taken for a flag', () => {
  for (let n = 0; n < 500; n++) expect(newSecret()).toMatch(/^[A-Za-z][\w-]{31}$/);
});
