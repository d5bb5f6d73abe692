/** Environments and sizes of recipes: asked as one's own code is asked, and written into files that hold together. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { TargetName } from '../../../src/app/app.ts';
import { readApp } from '../../../src/app/read.ts';
import { filesOf } from '../../../src/recipes/own/files.ts';
import { checkAnswers } from '../../../src/recipes/own/flags.ts';
import type { Context } from '../../../src/recipes/own/project.ts';
import { interview } from '../../../src/recipes/own/questions.ts';
import { completeAnswers } from '../../../src/recipes/questions.ts';
import { listRecipes, type Recipe } from '../../../src/recipes/recipe.ts';
import { render } from '../../../src/recipes/render.ts';
import { writeFiles } from '../../../src/recipes/write.ts';
import { nodeSystem } from '../../../src/system/node.ts';

const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));
const recipes = await listRecipes(packageRoot);
const context: Context = {
  folder: 'cafe',
  detection: { services: [], definitions: [] },
  recipes,
  credentials: { awsAccounts: [] },
};

const made = (given: Record<string, string>) => filesOf(interview(context, given).outcome, undefined);
const textOf = (files: ReturnType<typeof made>['files'], path: string) =>
  files.find((file) => file.path === path)?.text ?? '';
const asked = (given: Record<string, string>, key: string) =>
  interview(context, given).questions.find((question) => question.key === key);

const three = {
  environments: 'dev,qa,production',
  'size.qa': 'medium',
  'size.production': 'large',
  'from.production': 'dev',
};

describe.each(recipes.map((recipe): [string, Recipe] => [recipe.name, recipe]))('%s', (name, recipe) => {
  it.each(['aws', 'gcp', 'none'])('is with every default what it is without questions, on %s', (cloud) => {
    expect(made({ recipe: name, cloud }).files).toEqual(render(recipe, completeAnswers(recipe.questions, { cloud })));
  });

  it('asks for the environments, and for the size of each with its cost', () => {
    const questions = interview(context, { recipe: name, ...three }).questions;
    expect(questions.map(({ key }) => key).slice(-5)).toEqual([
      'environments',
      'size.dev',
      'size.qa',
      'from.production',
      'size.production',
    ]);
    const options = asked({ recipe: name, ...three }, 'size.qa')?.options ?? [];
    expect(options.map(({ value }) => value)).toEqual(['recipe', 'small', 'medium', 'large']);
    for (const { title } of options) expect(title).toMatch(/^(about|at least) \$\d+ a month/);
    expect(() => checkAnswers({ recipe: name, ...three }, questions)).not.toThrow();
  });
});

describe.each(recipes.map(({ name }) => name))('%s for this machine only', (recipe) => {
  const { files, next } = made({ recipe, cloud: 'none' });

  it('asks nothing about clouds', () => {
    const keys = interview(context, { recipe, cloud: 'none' }).questions.map(({ key }) => key);
    expect(keys.at(-1)).toBe('cloud');
    const stray = { recipe, cloud: 'none', environments: 'staging' };
    expect(() => checkAnswers(stray, interview(context, stray).questions)).toThrow('--environments');
    const { questions } = recipes.find(({ name }) => name === recipe) ?? { questions: [] };
    expect(() => completeAnswers(questions, { cloud: 'none', domain: 'a.example' })).toThrow(
      '--domain goes only with cloud other than none.',
    );
  });

  it('has the environment of this machine, and texts that speak of no other', () => {
    expect(files.flatMap(({ path }) => (path.startsWith('environments/') ? [path] : []))).toEqual([
      'environments/local.yaml',
    ]);
    const layer = parse(textOf(files, 'opta.yaml'));
    expect(layer.environments).toEqual([{ name: 'local', path: 'environments/local.yaml' }]);
    for (const text of [textOf(files, 'README.md'), ...next]) expect(text).not.toMatch(/<<|opta promote|staging|\n{3}/);
  });
});

describe('three environments of the shop', () => {
  const { files, next } = made({ recipe: 'shop', domain: 'cafe.example', ...three });
  const layer = parse(textOf(files, 'opta.yaml'));

  it('are in the layer, in order, with what each takes its releases from', () => {
    expect(layer.environments).toEqual([
      { name: 'local', path: 'environments/local.yaml' },
      { name: 'dev', path: 'environments/dev.yaml', variables: { database_size: 'db.t3.medium' } },
      { name: 'qa', path: 'environments/qa.yaml', variables: { database_size: 'db.t4g.medium' } },
      {
        name: 'production',
        path: 'environments/production.yaml',
        promotes_from: 'dev',
        variables: { database_size: 'db.m6g.large' },
      },
    ]);
    const database = layer.modules.find(({ name }: { name: string }) => name === 'db');
    expect(database).toEqual({ name: 'db', type: 'postgres', instance_class: '{vars.database_size}' });
  });

  it('have a file each, of the machines that its size means', () => {
    const cluster = (name: string) =>
      parse(textOf(files, `environments/${name}.yaml`)).modules.find(
        ({ type }: { type: string }) => type === 'k8s-cluster',
      );
    expect(cluster('dev')).toMatchObject({ node_instance_type: 't3.medium', spot_instances: true });
    expect(cluster('qa')).toEqual({ type: 'k8s-cluster', node_instance_type: 't3.large', min_nodes: 3, max_nodes: 6 });
    expect(cluster('production')).toMatchObject({ node_instance_type: 'm6i.xlarge', max_nodes: 9 });
    expect(textOf(files, 'environments/qa.yaml')).toContain('domain: qa.cafe.example');
    expect(textOf(files, 'environments/production.yaml')).toContain('Production: takes only what dev has verified.');
    expect(files.map(({ path }) => path)).not.toContain('environments/staging.yaml');
  });

  it('are named by the README and by what is to do next', () => {
    const readme = textOf(files, 'README.md');
    expect(readme).toContain('opta promote qa   # takes only what dev has verified');
    expect(readme).not.toContain('staging');
    expect(next.join('\n')).toContain(
      'into environments/dev.yaml, environments/qa.yaml and environments/production.yaml.',
    );
  });
});

describe('on disk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opta-environments-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('shop for this machine only resolves there', async () => {
    const directory = join(folder, 'shop-none');
    await writeFiles(made({ recipe: 'shop', cloud: 'none' }).files, directory, { pid: process.pid });
    const app = await readApp({ system: nodeSystem(), directory, env: 'local', target: 'process' });
    expect(app.diagnostics).toEqual([]);
  });

  it.each(recipes.flatMap(({ name }) => ['aws', 'gcp'].map((cloud) => [name, cloud] as const)))(
    '%s with three sizes resolves everywhere, on %s',
    async (recipe, cloud) => {
      const directory = join(folder, `${recipe}-${cloud}`);
      const { files } = made({ recipe, cloud, ...three });
      await writeFiles(files, directory, { pid: process.pid });
      for (const [env, target] of [
        ['local', 'process'],
        ['local', 'kind'],
        ['dev', cloud],
        ['qa', cloud],
        ['production', cloud],
      ] as const) {
        const app = await readApp({ system: nodeSystem(), directory, env, target: target as TargetName });
        expect(app.environment).toBe(env);
        // That `dev` means nothing in the cloud is no complaint.
        expect(app.diagnostics.filter(({ code }) => code !== 'no-effect')).toEqual([]);
      }
    },
  );
});
