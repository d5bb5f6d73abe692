/** `opta explain` and `opta schema`: what module types are, for people and for editors. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { moduleTypeNames, moduleTypes } from '../../src/resources/index.ts';
import { inProject, root, runBin } from '../support/cli.ts';

const opta = (...args: string[]) => runBin(args, root);

describe('explain', () => {
  test('lists every type with a line about it', async () => {
    const { code, stdout } = await opta('explain');
    expect(code).toBe(0);
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(types).toEqual(moduleTypes.map(({ name }) => name));
  });

  test('describes fields, defaults, outputs, variables and targets of one', async () => {
    const { stdout } = await opta('explain', 'aws-postgres');
    expect(stdout).toMatch(/^postgres\n/);
    for (const text of [
      'Fields',
      'database_name: text',
      'default "app"',
      'Outputs',
      'example_db_host',
      'On each target',
    ])
      expect(stdout).toContain(text);
  });

  test('gives the same as JSON', async () => {
    const one = JSON.parse((await opta('explain', 'redis', '--json')).stdout) as Record<string, unknown>;
    expect(one).toMatchObject({ type: 'redis', access: [] });
    const all = JSON.parse((await opta('explain', '--json')).stdout) as { type: string }[];
    expect(all).toHaveLength(moduleTypes.length);
  });
});

describe('schema', () => {
  test('is a JSON Schema that takes a scaffolded project and refuses a misspelt field', async () => {
    await inProject({}, async ({ folder, opta: run }) => {
      await run(['init', '--recipe', 'shop', '--yes']);
      const printed = (await run(['schema'])).stdout;
      expect(await readFile(join(folder, '.opta', 'schema.json'), 'utf8')).toBe(printed);
      const check = new Ajv2020({ strict: false }).compile(JSON.parse(printed) as object);
      for (const name of ['opta.yaml', 'environments/local.yaml', 'environments/staging.yaml']) {
        const text = await readFile(join(folder, name), 'utf8');
        expect(check(parse(text)), `${name}: ${JSON.stringify(check.errors)}`).toBe(true);
      }
      const wrong = parse(await readFile(join(folder, 'opta.yaml'), 'utf8')) as { modules: Record<string, unknown>[] };
      wrong.modules[0] = { ...wrong.modules[0], prot: { http: 80 } };
      expect(check(wrong)).toBe(false);
    });
  });

  test('knows every name of every module type', async () => {
    const { stdout } = await opta('schema');
    for (const name of moduleTypeNames()) expect(stdout).toContain(`"${name}"`);
  });
});
