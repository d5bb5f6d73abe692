/** The dev commands where nothing runs, and targets that are not there yet. */
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inProject } from '../support/cli.ts';

describe('in a folder where nothing runs', () => {
  test.each([
    [['dev', 'status']],
    [['dev', 'status', '--wait', '--timeout', '1']],
    [['dev', 'status', '--json']],
    [['dev', 'logs']],
    [['dev', 'logs', '-f', 'api']],
    [['dev', 'open', '--print']],
    [['dev', 'exec', 'api', '--', 'true']],
    [['dev', 'exec', 'api', 'node', '--version']],
    [['dev', 'env', 'api']],
  ])('opta %j says so, and how to start', async (args) => {
    await inProject({}, async ({ folder, opta }) => {
      const { code, stdout, stderr } = await opta(args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('error[nothing-runs]');
      expect(stderr).toContain('opta dev up');
      expect(await readdir(folder)).toEqual([]);
    });
  });

  test.each([[['dev', 'down']], [['dev', 'down', '--volumes']], [['dev', 'prune']]])(
    'opta %j changes nothing and is content',
    async (args) => {
      await inProject({}, async ({ folder, opta }) => {
        const { code, stderr } = await opta([...args, '--plain']);
        expect(code).toBe(0);
        expect(stderr).toMatch(/^Unchanged/m);
        const json = await opta([...args, '--json']);
        expect(json.code).toBe(0);
        expect(
          json.stdout
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
            .at(-1),
        ).toMatchObject({
          type: 'end',
          outcome: 'unchanged',
        });
        expect(await readdir(folder)).toEqual([]);
      });
    },
  );
});

test('dev logs of a run that is over names who printed, when asked for somebody else', async () => {
  const line = '2026-11-23T09:08:08.645Z 0 stdout listening\n';
  const logs = {
    '.opta/logs/shop.api.log': line,
    '.opta/logs/install:shop.api.log': line,
    '.opta/logs/shop.db.log': '',
  };
  await inProject({ 'opta.yaml': 'name: shop\nmodules: []\n', ...logs }, async ({ opta }) => {
    expect(await opta(['dev', 'logs', 'api'])).toMatchObject({ code: 0, stdout: expect.stringContaining('listening') });
    const { code, stdout, stderr } = await opta(['dev', 'logs', 'apu']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error[unknown-service] nothing runs here, and nothing called "apu" has printed before');
    expect(stderr).toContain('There is: shop/api, shop/db.');
  });
});

test('dev up in an empty folder says what is missing and what to do', async () => {
  await inProject({}, async ({ folder, opta }) => {
    const { code, stderr } = await opta(['dev', 'up', '--on', 'process']);
    expect(code).toBe(1);
    expect(stderr).toContain('error[no-definition]');
    expect(stderr).toContain('opta init');
    expect(await readdir(folder)).toEqual([]);
  });
});

test.each([[['dev', 'up']], [['try']]])(
  'opta %j --on kind says that no container engine answers, and writes nothing',
  async (args) => {
    await inProject({}, async ({ folder, opta }) => {
      // No container engine is in reach, so that this can never make anything.
      const { code, stderr } = await opta([...args, '--on', 'kind'], { env: { PATH: dirname(process.execPath) } });
      expect(code).toBe(1);
      expect(stderr).toContain('error[no-engine]');
      expect(stderr).toContain('--on process');
      expect(await readdir(folder)).toEqual([]);
    });
  },
);

test('a service without code is refused at its place before anything starts', async () => {
  const text =
    'name: back\nauthorization: open\nmodules:\n  - name: api\n    type: k8s-service\n    image: nginx:1.29\n';
  await inProject({ 'opta.yaml': text }, async ({ folder, opta }) => {
    const { code, stderr } = await opta(['dev', 'up', '--on', 'process', '--detach']);
    expect(code).toBe(1);
    expect(stderr).toContain('error[start-command-missing]');
    expect(stderr).toContain('opta.yaml:4:');
    expect(stderr).toContain('dev:');
    expect(await readdir(folder)).toEqual(['opta.yaml']);
  });
});
