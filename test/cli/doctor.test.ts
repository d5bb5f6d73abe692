/** `opta doctor` as users type it. `--fix` changes the machine, so it is tested without the machine elsewhere. */
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { inProject } from '../support/cli.ts';

interface Found {
  readonly sound: boolean;
  readonly checks: readonly { readonly id: string; readonly state: string; readonly says?: string }[];
}

const shop = 'name: shop\nmodules:\n  - {name: db, type: postgres}\n';

test('without an engine everything needed is true, the rest is skipped, and nothing is written', async () => {
  await inProject({ 'opta.yaml': shop }, async ({ folder, opta }) => {
    const { code, stdout, stderr } = await opta(['doctor', '--json'], { env: { PATH: folder } });
    const found = JSON.parse(stdout) as Found;
    expect({ code, stderr, sound: found.sound }).toEqual({ code: 0, stderr: '', sound: true });
    const of = (id: string) => found.checks.find((check) => check.id === id);
    for (const id of ['node', 'state-folder', 'ports', 'postgres-programs']) expect(of(id)?.state, id).toBe('ok');
    expect(of('engine')).toMatchObject({ state: 'skipped', says: expect.stringContaining('process target') });
    expect(of('docker-hub')?.state).toBe('skipped');
    expect(await readdir(folder)).toEqual(['opta.yaml']);
  });
});

test('a fatal finding is the exit code', async () => {
  await inProject({ '.opta': 'a file' }, async ({ folder, opta }) => {
    const { code, stdout } = await opta(['doctor'], { env: { PATH: folder } });
    expect(code).toBe(1);
    expect(stdout).toContain('docs/doctor.md#state-folder');
    expect(stdout).toMatch(/\d+ true, 1 failed, /);
  });
});

test('a definition with problems, and none at all, leave the rest to be asked', async () => {
  await inProject({ 'opta.yaml': 'name: [' }, async ({ folder, opta }) => {
    const { code, stdout } = await opta(['doctor'], { env: { PATH: folder } });
    expect(code).toBe(0);
    expect(stdout).toContain('opta validate');
  });
  await inProject({}, async ({ folder, opta }) => {
    const { code, stdout } = await opta(['doctor'], { env: { PATH: folder } });
    expect(code).toBe(0);
    expect(stdout).toContain('there is no definition here');
  });
});

test('a cluster that must work needs an engine', async () => {
  await inProject({ 'opta.yaml': shop }, async ({ folder, opta }) => {
    const { code, stdout } = await opta(['doctor', '--on', 'kind'], { env: { PATH: folder } });
    expect(code).toBe(1);
    expect(stdout).toContain('docs/doctor.md#engine');
  });
});
