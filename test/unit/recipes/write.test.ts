/** Writing: all or nothing, never over a file, never outside the folder. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { makeStaging, removeLeftStaging } from '../../../src/recipes/staging.ts';
import { writeFiles } from '../../../src/recipes/write.ts';
import { nodeSystem } from '../../../src/system/node.ts';

const files = [
  { path: 'README.md', text: 'read\n' },
  { path: 'a/b/c.txt', text: 'c\n' },
  { path: 'a/run.sh', text: 'run\n', mode: 0o755 },
];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-write-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const everything = async (in_: string) => (await readdir(in_, { recursive: true })).sort();

async function refusal(wanted: Parameters<typeof writeFiles>[0], directory = folder): Promise<UserError> {
  const error = await writeFiles(wanted, directory, process).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('writing files', () => {
  it('makes the folder and what is below, and leaves nothing else behind', async () => {
    const directory = join(folder, 'deep', 'project');
    const { written, unchanged } = await writeFiles(files, directory, process);
    expect(written).toEqual(['README.md', 'a/b/c.txt', 'a/run.sh']);
    expect(unchanged).toEqual([]);
    expect(await everything(directory)).toEqual(['README.md', 'a', 'a/b', 'a/b/c.txt', 'a/run.sh']);
    expect(await readFile(join(directory, 'a/b/c.txt'), 'utf8')).toBe('c\n');
    expect((await stat(join(directory, 'a/run.sh'))).mode & 0o777).toBe(0o755);
  });

  it('finds the same files unchanged the second time, and writes only what is missing', async () => {
    await writeFiles(files, folder, process);
    await rm(join(folder, 'README.md'));
    expect(await writeFiles(files, folder, process)).toMatchObject({
      written: ['README.md'],
      unchanged: ['a/b/c.txt', 'a/run.sh'],
    });
  });

  it('never writes over another file: names every conflict and writes nothing', async () => {
    await writeFile(join(folder, 'README.md'), 'mine\n');
    await mkdir(join(folder, 'a/run.sh'), { recursive: true });
    const error = await refusal(files);
    expect(error.code).toBe('file-exists');
    expect(error.detail).toEqual(['README.md', 'a/run.sh']);
    expect(await everything(folder)).toEqual(['README.md', 'a', 'a/run.sh']);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('mine\n');
  });

  it('counts a file where a folder must be, and a link to nowhere, as conflicts', async () => {
    await writeFile(join(folder, 'a'), 'a file\n');
    await symlink('nowhere', join(folder, 'README.md'));
    const error = await refusal(files);
    expect(error.code).toBe('file-exists');
    expect(error.detail).toEqual(['README.md', 'a/b/c.txt', 'a/run.sh']);
  });

  it('takes back what it has written when a later file fails', async () => {
    const tooLong = { path: `z/${'x'.repeat(300)}`, text: 'z\n' };
    const directory = join(folder, 'new');
    const error = await refusal([...files, tooLong], directory);
    expect(error.code).toBe('cannot-write');
    expect(error.message).toContain('the path is too long');
    expect(await everything(folder)).toEqual([]);
  });

  it('keeps what others have put into its folders meanwhile', async () => {
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a', 'mine.txt'), 'mine\n');
    await refusal([...files, { path: `a/b/${'x'.repeat(300)}`, text: '' }]);
    expect(await everything(folder)).toEqual(['a', 'a/mine.txt']);
  });

  it('says that a folder may not be written', async () => {
    // root may write everywhere: a file in the place of the folder stands for all reasons.
    const locked = join(folder, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    const blocked = process.getuid?.() === 0 ? join(folder, 'file', 'project') : join(locked, 'project');
    await writeFile(join(folder, 'file'), '');
    expect((await refusal([files[0] as (typeof files)[number]], blocked)).code).toMatch(/cannot-write|file-exists/);
    expect(await everything(folder)).toEqual(['file', 'locked']);
  });
});

describe('staying inside the folder', () => {
  it.each(['../x', 'a/../../x', '/etc/x', 'a//x', './x', 'a\\..\\x', 'C:/x', ''])('refuses %j', async (path) => {
    expect((await refusal([...files, { path, text: 'x' }])).code).toBe('path-outside');
    expect(await everything(folder)).toEqual([]);
  });

  it('does not follow a link out', async () => {
    const project = join(folder, 'project');
    await mkdir(project);
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(project, 'a'));
    expect((await refusal(files, project)).code).toBe('path-outside');
    expect(await everything(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('follows a link that stays inside', async () => {
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'a'));
    await writeFiles(files, folder, process);
    expect(await readFile(join(folder, 'real/b/c.txt'), 'utf8')).toBe('c\n');
  });
});

it('takes away what a killed process left, and nothing of one that runs', async () => {
  const gone = spawnSync(process.execPath, ['-e', '0']);
  await writeFile(join(await makeStaging(folder, gone.pid), '0'), 'half');
  const ours = await makeStaging(folder, process.pid);
  await mkdir(join(folder, '.opta-init-notes'));
  await removeLeftStaging(folder, nodeSystem());
  expect(await everything(folder)).toEqual(['.opta-init-notes', relative(folder, ours)].sort());
  await removeLeftStaging(join(folder, 'not-there'), nodeSystem());
});
