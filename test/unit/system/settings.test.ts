import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeSystem } from '../../../src/system/node.ts';
import { readSettings } from '../../../src/system/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'opta-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Settings of a user whose file holds `text`. */
function read(text: string | undefined, env: Record<string, string> = {}, flags: Record<string, unknown> = {}) {
  const config = mkdtempSync(join(folder, 'config-'));
  if (text !== undefined) writeFileSync(join(config, 'config.yaml'), text);
  const system = { ...nodeSystem(), cwd: '/project', home: '/home/me', env: { OPTA_CONFIG_DIR: config, ...env } };
  return readSettings(system, flags).then((settings) => ({ ...settings, config }));
}

describe('settings', () => {
  test('are empty without a file', async () => {
    expect(await read(undefined)).toMatchObject({ mirror: undefined, offline: false, editor: undefined });
  });

  test('come from the flag before the variable before the file', async () => {
    const text = 'mirror: https://file.test/\noffline: true\neditor: vim\n';
    expect(await read(text)).toMatchObject({ mirror: 'https://file.test', offline: true, editor: 'vim' });
    const env = { OPTA_MIRROR: 'https://variable.test', OPTA_OFFLINE: '0' };
    expect(await read(text, env)).toMatchObject({ mirror: 'https://variable.test', offline: false, editor: 'vim' });
    expect(await read(text, env, { mirror: 'https://flag.test' })).toMatchObject({ mirror: 'https://flag.test' });
  });

  test('take a folder from where it was written', async () => {
    const { mirror, config } = await read('mirror: ../mirror\n');
    expect(mirror).toBe(join(config, '../mirror'));
    expect((await read(undefined, { OPTA_MIRROR: 'mirror' })).mirror).toBe('/project/mirror');
    expect((await read('mirror: ~/mirror\n')).mirror).toBe('/home/me/mirror');
  });

  test.each([
    ['a name that is none', 'miror: /x\n', {}, 'has no setting "miror"'],
    ['a list', '- a\n', {}, 'must hold keys and values'],
    ['what is not YAML', 'a: b: c\n', {}, 'is not YAML'],
    ['a number as the mirror', 'mirror: 7\n', {}, 'must be a text'],
    ['a word for yes that is none', undefined, { OPTA_OFFLINE: 'perhaps' }, 'OPTA_OFFLINE must be true or false'],
  ])('refuse %s', async (_, text, env, says) => {
    await expect(read(text, env)).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining(says),
    });
  });

  test('do not mind a file where the folder should be', async () => {
    const file = join(folder, 'file');
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, '');
    expect((await read(undefined, { OPTA_CONFIG_DIR: file })).mirror).toBeUndefined();
  });
});
