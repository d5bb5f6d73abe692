/** `opta graph` as users type it. */
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { inProject } from '../support/cli.ts';

describe('graph', () => {
  test('draws a scaffolded project locally and for its cloud, in every form, and writes nothing', async () => {
    await inProject({}, async ({ folder, opta }) => {
      await opta(['init', '--recipe', 'hello', '--yes', '--name', 'back']);
      const before = await readdir(folder, { recursive: true });
      const text = await opta(['graph']);
      expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
      expect(text.stdout).toMatch(/^back on process, environment local\n/);
      expect((await opta(['graph', '--env', 'production'])).stdout).toMatch(/^back on aws, environment production\n/);
      expect((await opta(['graph', '--target', 'kind'], { env: { LANG: 'C', LC_ALL: 'C' } })).stdout).toContain(
        '+- kind cluster',
      );
      expect((await opta(['graph', '--format', 'svg'])).stdout).toMatch(/^<svg /);
      expect((await opta(['graph', '--format', 'mermaid'])).stdout).toContain('flowchart TB');
      const json = await opta(['graph', '--format', 'json', '--target', 'gcp']);
      expect(JSON.parse(json.stdout)).toMatchObject({ target: 'gcp', environment: 'local', layers: ['back'] });
      expect(await readdir(folder, { recursive: true })).toEqual(before);
    });
  });

  test('reports every problem of a definition, and draws nothing', async () => {
    await inProject({ 'opta.yaml': 'name: back\nmodules:\n  - {name: a, type: k8s-servic}\n' }, async ({ opta }) => {
      const { code, stdout, stderr } = await opta(['graph']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('error[unknown-module-type]');
    });
  });

  test.each([
    ['--target', 'azure'],
    ['--format', 'png'],
  ])('refuses %s %s', async (flag, value) => {
    await inProject({}, async ({ opta }) => {
      const { code, stderr } = await opta(['graph', flag, value]);
      expect(code).toBe(2);
      expect(stderr).toContain(`error[bad-value] ${flag} takes`);
    });
  });
});
