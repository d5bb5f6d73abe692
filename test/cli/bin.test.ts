/** What the bin does by itself: the version at once, the right Node for the rest, one line when there is none. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bin, inProject, olderNode, type Project, root, runBin } from '../support/cli.ts';

const version = async () =>
  (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }).version;
const older = olderNode();
if (older === undefined) console.log('no node older than 22.21 on this machine: its tests are skipped');

/** An installation without packages, whose package.json asks for this Node. */
async function installation(project: Project, node: string): Promise<string> {
  await mkdir(join(project.folder, 'src'));
  const copy = join(project.folder, 'src', 'opta.cjs');
  await copyFile(bin, copy);
  await writeFile(join(project.folder, 'package.json'), JSON.stringify({ version: '1.2.3', engines: { node } }));
  return copy;
}

test.each(['--version', '-V'])('%s prints the version and nothing else', async (flag) => {
  expect(await runBin([flag], root)).toEqual({ code: 0, stdout: `${await version()}\n`, stderr: '' });
});

describe('with a Node that is too old', () => {
  test.skipIf(older === undefined)('the version comes from that Node', async () => {
    const ran = await runBin(['--version'], root, { node: older ?? '' });
    expect(ran).toEqual({ code: 0, stdout: `${await version()}\n`, stderr: '' });
  });

  test.skipIf(older === undefined)('the Node of the installation takes over, with output and exit code', async () => {
    expect((await runBin(['help'], root, { node: older ?? '' })).stdout).toContain('dev up');
    expect((await runBin(['nope'], root, { node: older ?? '' })).code).toBe(2);
  });

  test.skipIf(older === undefined)('one line says what to do where no other Node is', async () => {
    await inProject({}, async (project) => {
      const ran = await runBin(['validate'], project.folder, {
        node: older ?? '',
        bin: await installation(project, '>=22.21.0'),
      });
      expect(ran).toMatchObject({ code: 1, stdout: '' });
      expect(ran.stderr).toMatch(/^opta: needs Node >= 22\.21\.0 and this is \d+\.\d+\.\d+: run `npm install` .*\n$/);
    });
  });

  test('a Node of the future is asked for in the same line', async () => {
    await inProject({}, async (project) => {
      const ran = await runBin(['validate'], project.folder, { bin: await installation(project, '>=999.1.2') });
      expect(ran).toMatchObject({ code: 1, stdout: '' });
      expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(ran.stderr).toContain('needs Node >= 999.1.2');
    });
  });

  test('the version is told even then', async () => {
    await inProject({}, async (project) => {
      const ran = await runBin(['--version'], project.folder, { bin: await installation(project, '>=999.1.2') });
      expect(ran).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
    });
  });

  test('a Node that OPTA_NODE names and that is not there is said so', async () => {
    await inProject({}, async (project) => {
      const copy = await installation(project, '>=999.1.2');
      const ran = await runBin(['validate'], project.folder, { bin: copy, env: { OPTA_NODE: '/nowhere/node' } });
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain('/nowhere/node cannot be started');
    });
  });
});

test('an installation without its bundle says to install again', async () => {
  await inProject({}, async (project) => {
    const ran = await runBin(['validate'], project.folder, { bin: await installation(project, '>=20.0.0') });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^opta: this installation is incomplete .*: install it again\n$/);
  });
});
