/** `opta init`: a project that validates, and nothing overwritten. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inProject } from '../support/cli.ts';

describe.each(['hello', 'shop'])('the recipe %s', (recipe) => {
  test.each(['aws', 'gcp'])('validates in every environment for %s', async (cloud) => {
    await inProject({}, async ({ opta }) => {
      expect(await opta(['init', '--recipe', recipe, '--yes', '--cloud', cloud, '--name', 'cafe'])).toMatchObject({
        code: 0,
      });
      const checks = ['local', 'staging', 'production'].map((env) => opta(['validate', '--env', env]));
      for (const { code, stdout, stderr } of await Promise.all(checks)) {
        expect(code, stderr).toBe(0);
        expect(stderr).not.toMatch(/^(error|warning)/m);
        expect(stdout).toMatch(/^cafe: /);
      }
    });
  });

  test('says what to do next, from where you are', async () => {
    await inProject({}, async ({ opta }) => {
      expect((await opta(['init', '--recipe', recipe, '--yes'])).stdout).toContain('Run it: opta dev up\n');
      const below = await opta(['init', '--recipe', recipe, '--yes', '--dir', 'below/it']);
      expect(below.stdout).toContain('Run it: cd below/it && opta dev up\n');
    });
  });
});

describe('what is there', () => {
  test('is never overwritten, and then nothing is written', async () => {
    await inProject({ 'opta.yaml': 'mine\n', 'README.md': 'mine too\n' }, async ({ folder, opta }) => {
      const { code, stderr } = await opta(['init', '--recipe', 'hello', '--yes']);
      expect(code).toBe(1);
      expect(stderr).toContain('error[file-exists]');
      expect(stderr).toContain('opta.yaml');
      expect(stderr).toContain('README.md');
      expect((await readdir(folder)).sort()).toEqual(['README.md', 'opta.yaml']);
      expect(await readFile(join(folder, 'opta.yaml'), 'utf8')).toBe('mine\n');
    });
  });

  test('is left alone when it is the same already', async () => {
    await inProject({}, async ({ opta }) => {
      await opta(['init', '--recipe', 'hello', '--yes']);
      const again = await opta(['init', '--recipe', 'hello', '--yes']);
      expect(again.code).toBe(0);
      expect(again.stdout).toContain('has all of it already');
    });
  });
});

test('--print writes to standard output only', async () => {
  await inProject({}, async ({ folder, opta }) => {
    const { code, stdout } = await opta(['init', '--recipe', 'shop', '--yes', '--print', '--name', 'cafe']);
    expect(code).toBe(0);
    expect(stdout).toContain('==> opta.yaml <==');
    expect(stdout).toContain('\nname: cafe\n');
    expect(await readdir(folder)).toEqual([]);
  });
});

test('--json names the folder and the files', async () => {
  await inProject({}, async ({ folder, opta }) => {
    const { stdout } = await opta(['init', '--recipe', 'hello', '--yes', '--json']);
    const made = JSON.parse(stdout) as { directory: string; files: string[]; written: string[] };
    expect(made.directory).toBe(folder);
    expect(made.files).toContain('opta.yaml');
    expect(made.written).toEqual(made.files);
  });
});

describe('answers', () => {
  test('come from a file, and a flag beats it', async () => {
    await inProject({ 'answers.yaml': 'name: bistro\norg: good-food\n' }, async ({ folder, opta }) => {
      const args = ['init', '--recipe', 'hello', '--yes', '--answers', '../answers.yaml', '--org', 'better-food'];
      await mkdir(join(folder, 'new'));
      expect(await opta(args, { in: 'new' })).toMatchObject({ code: 0 });
      expect(await readFile(join(folder, 'new', 'opta.yaml'), 'utf8')).toMatch(/^name: bistro$/m);
      expect(await readFile(join(folder, 'new', 'environments', 'staging.yaml'), 'utf8')).toMatch(
        /^org_name: better-food$/m,
      );
    });
  });

  test.each([
    ['- a\n- list\n', 'it is not a map'],
    ['name: "unclosed\n', 'quote'],
  ])('a file %j says what is wrong with it', async (text, why) => {
    await inProject({ 'a.yaml': text }, async ({ opta }) => {
      const { code, stderr } = await opta(['init', '--recipe', 'hello', '--yes', '--answers', 'a.yaml']);
      expect(code).toBe(2);
      expect(stderr).toContain('error[bad-value]');
      expect(stderr).toContain(why);
    });
  });

  test.each([
    [['--name', 'My Shop'], 'invalid-answer', '--name my-shop'],
    [['--account', 'mine'], 'invalid-answer', '--account'],
    [['--project', 'x', '--cloud', 'aws'], 'invalid-answer', '--project'],
    [['--answers', 'nope.yaml'], 'bad-value', 'nope.yaml'],
  ])('%j is refused before anything is written', async (flags, code, text) => {
    await inProject({}, async ({ folder, opta }) => {
      const ran = await opta(['init', '--recipe', 'hello', '--yes', ...flags]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain(`error[${code}]`);
      expect(ran.stderr).toContain(text);
      expect(await readdir(folder)).toEqual([]);
    });
  });

  test('a recipe that is not there lists those there are', async () => {
    await inProject({}, async ({ opta }) => {
      const { code, stderr } = await opta(['init', '--recipe', 'shoop', '--yes']);
      expect(code).toBe(2);
      expect(stderr).toContain('error[unknown-recipe]');
      expect(stderr).toMatch(/hello,.* shop/);
    });
  });

  test('without --yes the line to type instead is named', async () => {
    await inProject({}, async ({ opta }) => {
      const { code, stderr } = await opta(['init']);
      expect(code).toBe(2);
      expect(stderr).toContain('opta init --recipe shop --yes');
    });
  });
});
