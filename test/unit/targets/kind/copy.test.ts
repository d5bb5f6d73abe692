import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placing } from '../../../../src/targets/kind/copy.ts';
import { tarOf } from '../../../../src/targets/kind/tar.ts';

const folder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'opta-copy-')));

/** Runs it with `root` as the files of a container. */
function place(root: string, files: Record<string, string>, ...deleted: string[]) {
  const entries = Object.entries(files).map(([name, text]) => ({ name, content: Buffer.from(text), mode: 0o644 }));
  const argv = ['-c', `root=$1\nshift\n${placing}`, 'sh', root, ...deleted];
  return spawnSync('sh', argv, { input: tarOf(entries), encoding: 'utf8' });
}

test('puts files where they belong, their folders made, and deletes others', () => {
  const root = folder();
  mkdirSync(join(root, 'app'));
  writeFileSync(join(root, 'app/old.js'), 'old');
  expect(place(root, { 'app/src/a b.js': 'new' }, '/app/old.js', '/app/never.js')).toMatchObject({ status: 0 });
  expect(readFileSync(join(root, 'app/src/a b.js'), 'utf8')).toBe('new');
  expect(existsSync(join(root, 'app/old.js'))).toBe(false);
});

test('follows links as the container does, never out of its files', () => {
  const [root, node] = [folder(), folder()];
  mkdirSync(join(root, 'srv/real'), { recursive: true });
  writeFileSync(join(node, 'page'), 'of the node');
  writeFileSync(join(node, 'kept'), 'of the node');
  mkdirSync(join(root, node), { recursive: true });
  writeFileSync(join(root, node, 'kept'), 'of the container');
  symlinkSync(node, join(root, 'absolute'));
  symlinkSync('../../../../../../../srv/./real', join(root, 'relative'));
  symlinkSync(join(node, 'page'), join(root, 'srv/real/file'));
  const files = { 'absolute/page': 'one', 'relative/page': 'two', 'relative/file': 'three' };
  expect(place(root, files, '/absolute/kept')).toMatchObject({ status: 0 });
  expect(readFileSync(join(node, 'page'), 'utf8')).toBe('of the node');
  expect(existsSync(join(node, 'kept'))).toBe(true);
  expect(readFileSync(join(root, node, 'page'), 'utf8')).toBe('one');
  expect(existsSync(join(root, node, 'kept'))).toBe(false);
  expect(readFileSync(join(root, 'srv/real/page'), 'utf8')).toBe('two');
  expect(readFileSync(join(root, 'srv/real/file'), 'utf8')).toBe('three');
});

test('gives up on links that lead to each other', () => {
  const root = folder();
  symlinkSync('/b', join(root, 'a'));
  symlinkSync('/a', join(root, 'b'));
  expect(place(root, { 'a/page': 'x' })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('symbolic links'),
  });
});
