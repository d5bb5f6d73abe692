/** The plan of `dev up` on the process target: the same App gives the same steps, in the right order. */
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { App } from '../../../../src/app/app.ts';
import { readApp } from '../../../../src/app/read.ts';
import type { Step } from '../../../../src/engine/step.ts';
import { initFromRecipe } from '../../../../src/recipes/init.ts';
import { nodeSystem } from '../../../../src/system/node.ts';
import { planUp } from '../../../../src/targets/process/plan/up.ts';
import { situationOf } from '../../../support/situation.ts';

const packageRoot = fileURLToPath(new URL('../../../..', import.meta.url));
const system = nodeSystem();

async function appOf(text: string): Promise<App> {
  const directory = await mkdtemp(join(tmpdir(), 'opta-plan-'));
  await writeFile(join(directory, 'opta.yaml'), text);
  return readApp({ system, directory, target: 'process' });
}

const recipes = (await readdir(join(packageRoot, 'recipes'), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== 'environments')
  .map(({ name }) => name);

describe.each(recipes)('the recipe %s', (recipe) => {
  test('plans the same steps as before', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'opta-plan-'));
    await initFromRecipe({ system, packageRoot, recipe, directory });
    const { steps } = planUp(
      await readApp({ system, directory, target: 'process' }),
      situationOf(await readApp({ system, directory, target: 'process' })),
    );
    const shown = steps.map(({ id, title, kind, needs, facts }) => ({
      id,
      title,
      kind,
      needs,
      ...(facts && { facts }),
    }));
    await expect(`${JSON.stringify(shown, undefined, 2)}\n`).toMatchFileSnapshot(
      join(packageRoot, 'test', 'golden', 'plans', `${recipe}.process.up.json`),
    );
  });
});

const two = `
name: back
modules:
  - {name: api, type: k8s-service, image: AUTO, port: {http: 8080}, links: [data], min_containers: 2}
  - {name: data, type: k8s-service, image: AUTO, port: {grpc: 50051}, links: [db]}
  - {name: db, type: postgres}
`;

/** Ids of everything that must have ended before `id` may start. */
function before(steps: readonly Step[], id: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const need of steps.find((step) => step.id === id)?.needs ?? []) {
    if (seen.has(need)) continue;
    seen.add(need);
    before(steps, need, seen);
  }
  return seen;
}

describe('order', () => {
  test('a service starts after what it links to is ready, and the public addresses are asked last', async () => {
    const app = await appOf(two);
    const { steps } = planUp(app, situationOf(app));
    expect([...before(steps, 'start:back/api')]).toEqual(
      expect.arrayContaining(['ready:back/data', 'ready:back/db', 'data-plane', 'install:back/api']),
    );
    expect([...before(steps, 'start:back/data')]).not.toContain('ready:back/api');
    expect(before(steps, 'verify').size).toBe(steps.length - 2);
  });

  test('two services that link to each other still start', async () => {
    const app = await appOf(`
name: back
modules:
  - {name: a, type: k8s-service, image: AUTO, port: {http: 8080}, links: [b]}
  - {name: b, type: k8s-service, image: AUTO, port: {http: 8080}, links: [a]}
`);
    const { steps } = planUp(app, situationOf(app));
    for (const { id } of steps) expect(before(steps, id)).not.toContain(id);
  });

  test('after a kill the database waits until the new supervisor has ended what was left', async () => {
    const app = await appOf(two);
    const calm = planUp(app, situationOf(app)).steps;
    const killed = planUp(app, situationOf(app, { leftovers: true })).steps;
    expect(before(calm, 'back/db:data')).not.toContain('supervisor');
    expect(before(killed, 'back/db:data')).toContain('supervisor');
  });
});

test('services in one folder share one install', async () => {
  const app = await appOf(two);
  const situation = situationOf(app);
  const shared = situation.starts.get('back/api');
  if (!shared) throw new Error('the situation lacks a start');
  const starts = new Map(app.services.map(({ id }) => [id, shared]));
  const { steps } = planUp(app, { ...situation, starts });
  expect(steps.filter(({ id }) => id.startsWith('install:')).map(({ id }) => id)).toEqual(['install:back/api']);
  expect(steps.find(({ id }) => id === 'start:back/data')?.needs).toContain('install:back/api');
});

test('with --only nothing that runs is removed', async () => {
  const app = await appOf(two);
  const ids = (only: readonly string[]) => planUp(app, situationOf(app, { only })).steps.map(({ id }) => id);
  expect(ids([])).toContain('remove');
  expect(ids(['data'])).not.toContain('remove');
});

test('no fact of a plan bears a secret', async () => {
  const app = await appOf(two);
  const { steps } = planUp(app, situationOf(app));
  expect(JSON.stringify(steps.map(({ facts }) => facts))).not.toMatch(/password|secret|token/i);
});
