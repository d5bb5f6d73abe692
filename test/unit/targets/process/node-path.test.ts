import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathWith, readNodeNeed, whyOwnNode } from '../../../../src/targets/process/node-path.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-node-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['20.20.0', { range: '>=22.18', runsTypeScript: true }, 'Node >=22.18 is asked for and PATH has 20.20.0'],
  ['20.20.0', { runsTypeScript: true }, 'Node 20.20.0 on PATH does not run TypeScript'],
  ['22.17.1', { runsTypeScript: true }, 'Node 22.17.1 on PATH does not run TypeScript'],
  ['22.18.0', { runsTypeScript: true }, undefined],
  ['20.20.0', { runsTypeScript: false }, undefined],
  ['20.20.0', { range: '18.x || ^20.1', runsTypeScript: false }, undefined],
  ['24.1.0', { range: '18.x || ^20.1', runsTypeScript: false }, 'Node 18.x || ^20.1 is asked for and PATH has 24.1.0'],
  [undefined, { runsTypeScript: false }, 'no node is on PATH'],
])('Node %s and %j', (found, need, why) => expect(whyOwnNode(found, need)).toBe(why));

test('the need is read from engines and from the command', async () => {
  await writeFile(join(folder, 'package.json'), '{"engines":{"node":">=20"}}');
  expect(await readNodeNeed(folder, ['node', 'src/main.ts'])).toEqual({ range: '>=20', runsTypeScript: true });
  expect(await readNodeNeed(folder, ['sh', '-c', 'node dist/main.js'])).toEqual({
    range: '>=20',
    runsTypeScript: false,
  });
  expect(await readNodeNeed(folder, ['tsx', 'main.ts'])).toEqual({ range: '>=20', runsTypeScript: false });
});

test('a service in another language needs no Node', async () => {
  expect(await readNodeNeed(folder, ['go', 'run', '.'])).toBeUndefined();
  expect(await readNodeNeed(folder, ['node', 'a.js'])).toEqual({ runsTypeScript: false });
});

test('folders come before what PATH was', () => {
  expect(pathWith('/bin', '/a', '/b').split(process.platform === 'win32' ? ';' : ':')).toEqual(['/a', '/b', '/bin']);
  expect(pathWith(undefined, '/a')).toBe('/a');
});
