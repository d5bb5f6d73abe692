import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createData,
  readStamp,
  writePrivate,
  writeStamp,
} from '../../../../../src/targets/process/resources/data-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const stamp = { format: 1, server: 'postgres', major: '17' } as const;

test('a data folder appears whole, for its owner only', async () => {
  const data = join(folder, 'deep', 'data');
  await createData(data, async (fresh) => {
    expect(await readdir(join(folder, 'deep'))).not.toContain('data');
    await writeFile(join(fresh, 'PG_VERSION'), '17');
    await writeStamp(fresh, stamp);
  });
  expect(await readStamp(data)).toEqual(stamp);
  expect((await stat(data)).mode & 0o777).toBe(0o700);
});

test('a failure leaves nothing', async () => {
  const failing = createData(join(folder, 'data'), () => Promise.reject(new Error('disk full')));
  await expect(failing).rejects.toThrow('disk full');
  expect(await readdir(folder)).toEqual([]);
});

test('what a killed run left is removed, and nothing else', async () => {
  await mkdir(join(folder, 'data.new-1234', 'base'), { recursive: true });
  await mkdir(join(folder, 'data-of-mine'));
  await createData(join(folder, 'data'), (fresh) => writeStamp(fresh, stamp));
  expect((await readdir(folder)).sort()).toEqual(['data', 'data-of-mine']);
});

test.each(['', '{}', 'null', '[1]', '{"format":2,"server":"x","major":"1"}'])('the stamp %j is none', async (text) => {
  await writeFile(join(folder, 'opta.json'), text);
  expect(await readStamp(folder)).toBeUndefined();
});

test('a private file is replaced whole, also over a draft of a killed run', async () => {
  const file = join(folder, 'redis.conf');
  await writeFile(`${file}.next`, 'half', { mode: 0o644 });
  await writePrivate(file, 'whole');
  expect(await readFile(file, 'utf8')).toBe('whole');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("a folder that cannot be made is the user's to mend", async () => {
  await writeFile(join(folder, 'file'), '');
  const refused = expect.objectContaining({
    code: 'folder-not-writable',
    message: expect.stringMatching(/ENOTDIR|EEXIST/),
  });
  await expect(createData(join(folder, 'file', 'data'), async () => {})).rejects.toEqual(refused);
  await expect(writePrivate(join(folder, 'file', 'a', 'redis.conf'), '')).rejects.toEqual(refused);
});
