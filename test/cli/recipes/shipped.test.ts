/** The recipes that opta brings: their shape, their files, and a project made of each. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { TargetName } from '../../../src/app/app.ts';
import { readApp } from '../../../src/app/read.ts';
import { initFromRecipe } from '../../../src/recipes/init.ts';
import { completeAnswers } from '../../../src/recipes/questions.ts';
import { listRecipes, type Recipe, readRecipe, recipeNames } from '../../../src/recipes/recipe.ts';
import { nextSteps, render } from '../../../src/recipes/render.ts';
import { nodeSystem } from '../../../src/system/node.ts';

const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));
const recipes = await listRecipes(packageRoot);
const clouds = ['aws', 'gcp'];

const when = z.record(z.string(), z.string()).optional();
const questionShape = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]*$/),
  type: z.enum([
    'aws_account_id',
    'aws_region',
    'choice',
    'domain',
    'environments',
    'gcp_project',
    'gcp_region',
    'layer_name',
    'mongodb_project_id',
    'org_name',
    'string',
  ]),
  flag: z.string().regex(/^[a-z][a-z-]*$/),
  title: z.string().min(1),
  default: z.string().optional(),
  options: z
    .array(z.strictObject({ value: z.string(), title: z.string() }))
    .min(2)
    .optional(),
  when,
});
const partShape = {
  questions: z.array(questionShape).optional(),
  files: z
    .array(
      z.strictObject({ from: z.string(), to: z.string().optional(), each: z.literal('environment').optional(), when }),
    )
    .optional(),
  next: z.array(z.strictObject({ text: z.string(), when })).optional(),
};
const recipeShape = z.strictObject({
  name: z.string(),
  title: z.string().max(50),
  description: z.string().min(20),
  include: z.array(z.string()).optional(),
  ...partShape,
});

const rendered = (recipe: Recipe, given: Record<string, string>) =>
  render(recipe, completeAnswers(recipe.questions, given));

const environments = ['environments/local.yaml', 'environments/production.yaml', 'environments/staging.yaml'];
const common = ['http', 'log', 'replica', 'span', 'stop', 'telemetry', 'trace', 'traceparent'].map(
  (name) => `src/${name}.ts`,
);
const around = ['.dockerignore', 'Dockerfile', 'package-lock.json', 'package.json', 'tsconfig.json'];
const without = (names: readonly string[], name: string) => names.filter((other) => other !== name);
const inService = (service: string, names: readonly string[]) =>
  [...around, 'src/main.ts', ...names].map((name) => `services/${service}/${name}`);

const golden: Readonly<Record<string, readonly string[]>> = {
  hello: inService('hello', [...common, 'src/hello.ts', 'test/hello.test.ts']),
  shop: [
    ...inService('api', [
      ...common,
      'src/catalog.ts',
      'proto/catalog.proto',
      'test/http.test.ts',
      'test/trace.test.ts',
    ]),
    ...inService('data', [
      ...without(common, 'src/http.ts'),
      ...['connection', 'database', 'health', 'migrations', 'server'].map((name) => `src/${name}.ts`),
      ...['proto/catalog.proto', 'proto/health.proto', 'test/connection.test.ts'],
    ]),
    ...inService('web', [
      ...common,
      ...['api', 'assets', 'page'].map((name) => `src/${name}.ts`),
      ...['icon.svg', 'life.js', 'page.css', 'page.js'].map((name) => `public/${name}`),
      'test/life.test.ts',
    ]),
  ],
};

it('are found by their folder', async () => {
  expect(await recipeNames(packageRoot)).toEqual(expect.arrayContaining(['hello', 'shop']));
  await expect(readRecipe(packageRoot, 'shpo')).rejects.toMatchObject({
    code: 'unknown-recipe',
    hints: expect.arrayContaining([expect.stringContaining('shop')]),
  });
});

describe.each(recipes.map((recipe) => [recipe.name, recipe] as const))('%s', (name, recipe) => {
  it('is written in the shape of a recipe', async () => {
    const own = recipeShape.parse(parse(await readFile(join(packageRoot, 'recipes', name, 'recipe.yaml'), 'utf8')));
    expect(own.name).toBe(name);
    for (const part of own.include ?? []) {
      z.strictObject(partShape).parse(parse(await readFile(join(packageRoot, 'recipes', part, 'part.yaml'), 'utf8')));
    }
  });

  it('asks each key at most once, whatever the cloud, and every question has a default that fits', () => {
    for (const cloud of clouds) {
      const keys = recipe.questions
        .filter((question) => !question.when || question.when.cloud === cloud)
        .map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(completeAnswers(recipe.questions, { cloud })).toMatchObject({ cloud });
    }
  });

  it('has rules only for files that are there', () => {
    const paths = recipe.files.map(({ path }) => path);
    for (const { from } of recipe.rules) expect(paths).toContain(from);
  });

  describe.each(clouds)('for %s', (cloud) => {
    const files = rendered(recipe, { cloud, name: 'my-project', org: 'tinyshop' });
    const text = (path: string) => files.find((file) => file.path === path)?.text ?? '';

    it('leaves no placeholder', () => {
      for (const file of files) expect(file.text, file.path).not.toMatch(/<<[a-z]/);
      expect(nextSteps(recipe, completeAnswers(recipe.questions, { cloud })).join('\n')).not.toContain('<<');
    });

    it('writes each path once', () => {
      expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    });

    it('has an opta.yaml whose environments are there, each with the line for editors', () => {
      const layer = parse(text('opta.yaml'));
      expect(layer.name).toBe('my-project');
      expect(layer.environments.map(({ path }: { path: string }) => path).sort()).toEqual(environments);
      for (const path of environments) {
        const environment = parse(text(path));
        expect(path).toBe(`environments/${environment.name}.yaml`);
        expect(environment.org_name).toBe('tinyshop');
        expect(text(path).split('\n', 1)[0]).toBe('# yaml-language-server: $schema=../.opta/schema.json');
      }
      expect(text('opta.yaml').split('\n', 1)[0]).toBe('# yaml-language-server: $schema=.opta/schema.json');
    });

    it('goes to the chosen cloud, with high availability in production only', () => {
      const provider = { aws: 'aws', gcp: 'google' }[cloud] ?? '';
      for (const path of ['environments/staging.yaml', 'environments/production.yaml']) {
        const environment = parse(text(path));
        expect(Object.keys(environment.providers)).toEqual([provider]);
        const base = environment.modules.find(({ type }: { type: string }) => type === 'k8s-base');
        expect(base.linkerd_high_availability ?? false).toBe(environment.name === 'production');
      }
    });

    it('has a dns module only for a domain', () => {
      const types = (given: Record<string, string>) =>
        parse(
          rendered(recipe, { cloud, ...given }).find(({ path }) => path === 'environments/production.yaml')?.text ?? '',
        ).modules.map(({ type }: { type: string }) => type);
      expect(types({})).toEqual(['base', 'k8s-cluster', 'k8s-base']);
      expect(types({ domain: 'example.com' })).toEqual(['base', 'dns', 'k8s-cluster', 'k8s-base']);
    });

    it('names no registry host in its lock files', () => {
      for (const { path, text } of files.filter((file) => file.path.endsWith('package-lock.json'))) {
        expect(text, path).not.toMatch(/https?:\/\/[^"]*\.tgz/);
      }
    });
  });

  it.runIf(golden[name])('consists of these files', () => {
    const expected = ['.gitignore', 'README.md', 'opta.yaml', ...environments, ...(golden[name] ?? [])].sort();
    expect(rendered(recipe, {}).map(({ path }) => path)).toEqual(expected);
  });
});

it('share their common sources to the letter', () => {
  const copies = recipes.flatMap((recipe) =>
    recipe.files.filter(({ path }) => common.some((name) => path.endsWith(`/${name}`))),
  );
  for (const name of common) {
    const texts = new Set(copies.filter(({ path }) => path.endsWith(`/${name}`)).map(({ text }) => text));
    expect(texts.size, name).toBe(1);
  }
  // Of the recipes on Fastify, and of the two sides of a queue.
  for (const [path, first] of [
    ['src/server.ts', '/** Fastify '],
    ['src/queue.ts', '/** The queue'],
  ] as const) {
    const same = recipes.flatMap(({ files }) =>
      files.filter((file) => file.path.endsWith(`/${path}`) && file.text.startsWith(first)),
    );
    expect(same.length, path).toBeGreaterThan(1);
    expect(new Set(same.map(({ text }) => text)).size, path).toBe(1);
  }
  const protos = recipes.flatMap(({ files }) => files.filter(({ path }) => path.endsWith('catalog.proto')));
  expect(new Set(protos.map(({ text }) => text)).size).toBe(1);
});

describe('a project from a recipe', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opta-init-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('is made where asked, says what to do next, and is unchanged the second time', async () => {
    const options = {
      system: { cwd: folder, pid: process.pid },
      packageRoot,
      recipe: 'hello',
      directory: 'mine',
      answers: { name: 'mine' },
      schema: '{}',
    };
    const first = await initFromRecipe(options);
    expect(first.directory).toBe(join(folder, 'mine'));
    expect(first.written).toContain('opta.yaml');
    expect(first.next.join('\n')).toContain('Open the printed address of hello');
    expect(await readFile(join(folder, 'mine/.opta/schema.json'), 'utf8')).toBe('{}');
    const second = await initFromRecipe(options);
    expect(second.written).toEqual([]);
    expect(second.unchanged).toEqual(first.written);
  });

  it('is not made for a wrong answer', async () => {
    const options = {
      system: { cwd: folder, pid: process.pid },
      packageRoot,
      recipe: 'hello',
      directory: 'wrong',
      answers: { name: 'No' },
    };
    await expect(initFromRecipe(options)).rejects.toMatchObject({ code: 'invalid-answer' });
    await expect(readFile(join(folder, 'wrong/opta.yaml'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each(recipes.flatMap(({ name }) => clouds.map((cloud) => [name, cloud] as const)))(
    'from %s resolves on process, kind and %s without a complaint',
    async (recipe, cloud) => {
      const directory = join(folder, `${recipe}-${cloud}`);
      const answers = { cloud, domain: 'example.com' };
      await initFromRecipe({ system: { cwd: folder, pid: process.pid }, packageRoot, recipe, directory, answers });
      const where = [
        ['local', 'process'],
        ['local', 'kind'],
        ['staging', cloud],
        ['production', cloud],
      ] as const;
      for (const [env, target] of where) {
        const app = await readApp({ system: nodeSystem(), directory, env, target: target as TargetName });
        expect(app.services.length).toBeGreaterThan(0);
        expect(app.environment).toBe(env);
        // That `dev` means nothing in the cloud is no complaint.
        expect(app.diagnostics.filter(({ code }) => code !== 'no-effect')).toEqual([]);
      }
    },
  );
});
