/** Checks of the process target. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { App } from '../../../../src/app/app.ts';
import { processChecks } from '../../../../src/targets/process/checks.ts';
import { app, resource, shop } from '../../../support/app.ts';
import { type MachineParts, machine, rootWith, verdictOf } from '../../../support/machine.ts';

const self = ['/opt/node', join(import.meta.dirname, '../../../../src/opta.cjs')];

async function ask(
  id: string,
  files: Record<string, string>,
  given: App | undefined = shop(),
  parts: MachineParts = {},
) {
  const projectFolder = await rootWith(files);
  await mkdir(join(projectFolder, '.opta'), { recursive: true, mode: 0o700 });
  const checks = processChecks({ wanted: true, projectFolder, self, app: given, why: 'no definition' });
  return verdictOf(checks, id, machine(parts));
}

describe('ports', () => {
  const kept = { '.opta/ports.json': '{"https": 8443, "http": 8080}' };

  test('are no matter until they are chosen', async () => {
    expect(await ask('ports', {})).toMatchObject({ state: 'ok', says: expect.stringContaining('none chosen yet') });
  });

  test('that are kept must be free', async () => {
    expect(await ask('ports', kept)).toEqual({ state: 'ok', says: '8443, 8080' });
    expect(await ask('ports', kept, shop(), { taken: [8443] })).toMatchObject({
      state: 'failed',
      says: expect.stringMatching(/^8443 of/),
    });
  });
});

test('what a killed run left is pruned', async () => {
  expect(await ask('leftovers', {})).toEqual({ state: 'ok' });
  expect(await ask('leftovers', { '.opta/run.json': '{}' })).toMatchObject({
    state: 'failed',
    fix: { commands: [[...self, 'dev', 'prune']] },
  });
});

describe('resources', () => {
  const cache = app({ resources: [resource({ name: 'cache', type: 'redis' })] });

  test('PostgreSQL matters only to a definition that has one', async () => {
    expect(await ask('postgres-programs', {})).toMatchObject({
      state: 'ok',
      says: expect.stringMatching(/^PostgreSQL \d+$/),
    });
    expect((await ask('postgres-programs', {}, cache)).state).toBe('skipped');
  });

  test('a server that is missing is named with how to install it', async () => {
    const verdict = await ask('servers', {}, app({ resources: [resource({ name: 'books', type: 'mysql' })] }));
    expect(verdict).toMatchObject({
      state: 'failed',
      says: expect.stringMatching(/shop\/books needs .*(Run|Install)/),
    });
  });

  test('a cache that is missing is one that opta brings', async () => {
    expect(await ask('servers', {}, cache)).toMatchObject({
      state: 'ok',
      says: expect.stringMatching(/^valkey \d.*fetched$/),
    });
  });

  test('a server on PATH is named with its version', async () => {
    const programs = { 'valkey-server --version': 'Valkey server v=8.1.3 sha=0', 'valkey-server -': '' };
    expect(await ask('servers', {}, cache, { programs })).toEqual({ state: 'ok', says: 'valkey 8.1.3' });
  });

  test('without a definition nothing is known of them', async () => {
    const checks = processChecks({
      wanted: true,
      projectFolder: await rootWith(),
      self,
      app: undefined,
      why: 'no definition',
    });
    for (const id of ['servers', 'postgres-programs'])
      expect(await verdictOf(checks, id, machine())).toEqual({ state: 'skipped', says: 'no definition' });
  });
});
