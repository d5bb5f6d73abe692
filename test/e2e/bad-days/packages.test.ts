/** Days on which packages cannot be installed, or the data of a database is another version's. */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/engine/event.ts';
import { type BinOptions, type BinProject, failuresOf, layer, makeBinProject } from '../../support/bin-project.ts';

let project: BinProject;

afterEach(() => project.remove());

async function refusal(options: BinOptions = {}): Promise<Failure> {
  const { code, events, ms, stderr } = await project.up([], options);
  console.log(expect.getState().currentTestName, Math.round(ms));
  const failures = failuresOf(events);
  expect({ code, failures: failures.length, stderr }).toEqual({ code: 1, failures: 1, stderr: '' });
  expect(ms).toBeLessThan(soon);
  expect(await project.leftovers()).toEqual([]);
  return failures[0] as Failure;
}

/** Milliseconds: before anybody would take it for hanging, on a machine that is ten times as slow. */
const soon = 120_000;

/** Nobody listens on port 9 of this machine. */
const nowhere = 'http://127.0.0.1:9/';
const resolved = 'https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz';
const integrity = 'sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA==';

function needsLeftPad(): void {
  const own = { name: 'web', version: '1.0.0', dependencies: { 'left-pad': '1.3.0' } };
  project.write('code/package.json', JSON.stringify(own));
  const packages = { '': own, 'node_modules/left-pad': { version: '1.3.0', resolved, integrity } };
  project.write('code/package-lock.json', JSON.stringify({ ...own, lockfileVersion: 3, requires: true, packages }));
}

describe('no network', () => {
  test('no registry answers', async () => {
    project = await makeBinProject(layer());
    needsLeftPad();
    const env = { npm_config_cache: `${project.folder}/npm-cache` };
    project.write('code/.npmrc', `registry=${nowhere}\n`);
    const { code, message, hints, detail, place } = await refusal({ env });
    expect(code).toBe('install-offline');
    expect(message).toContain('bad/web');
    expect(hints.join(' ')).toMatch(/proxy|registry/);
    expect(detail.join('\n')).toContain('ECONNREFUSED');
    expect(place).toMatchObject({ line: 4 });
    expect(existsSync(`${project.folder}/code/node_modules/left-pad`)).toBe(false);
  });

  test('the proxy does not answer', async () => {
    project = await makeBinProject(layer());
    needsLeftPad();
    const proxies = { http_proxy: nowhere, https_proxy: nowhere, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere };
    const cache = {
      npm_config_cache: `${project.folder}/npm-cache`,
      no_proxy: '',
      NO_PROXY: '',
      npm_config_noproxy: '',
    };
    const { code, hints } = await refusal({ env: { ...proxies, ...cache } });
    expect(code).toBe('install-offline');
    expect(hints.join(' ')).toMatch(/proxy/);
  });

  test('an install that is done needs none', async () => {
    project = await makeBinProject(layer('', '[node, server.mjs]\n      install: mkdir node_modules'));
    needsLeftPad();
    await project.isUp();
    await project.down();
    const { code, events } = await project.up([], { env: { https_proxy: nowhere, http_proxy: nowhere } });
    expect(code).toBe(0);
    expect(events).toContainEqual(expect.objectContaining({ id: 'install:bad/web', state: 'unchanged' }));
    expect(await project.get()).toContain('pid');
  });
});

test('the package manager is not installed', async () => {
  project = await makeBinProject(layer());
  needsLeftPad();
  rmSync(`${project.folder}/code/package-lock.json`);
  project.write('code/pnpm-lock.yaml', "lockfileVersion: '9.0'\n");
  const { code, message, hints, place } = await refusal();
  expect(code).toBe('install-tool-missing');
  expect(message).toContain('pnpm');
  expect(message).toContain('bad/web');
  expect(hints.join(' ')).toMatch(/pnpm/);
  expect(hints.join(' ')).toContain('dev: {install:');
  expect(place).toMatchObject({ line: 4 });
});

test('an install that fails shows what it said, and is tried again', async () => {
  project = await makeBinProject(layer('', '[node, server.mjs]\n      install: ./install.sh'));
  project.write('code/install.sh', '#!/bin/sh\necho half > half; echo "no compiler here" >&2; exit 9\n');
  chmodSync(`${project.folder}/code/install.sh`, 0o755);
  const { code, message, detail } = await refusal();
  expect(code).toBe('install-failed');
  expect(message).toContain('./install.sh');
  expect(detail).toContain('no compiler here');
  project.write('code/install.sh', '#!/bin/sh\nmkdir -p node_modules\n');
  await project.isUp();
});

test('Ctrl-C during an install ends it and all that it started', async () => {
  project = await makeBinProject(layer('', '[node, server.mjs]\n      install: sleep 60 & sleep 61'));
  const run = project.start(['dev', 'up', '--detach', '--plain']);
  await run.says('sleep 60');
  await expect.poll(() => project.pids().length).toBeGreaterThanOrEqual(4);
  run.child.kill('SIGINT');
  const { code, stderr } = await run.ended;
  expect(code, stderr).toBe(130);
  expect(await project.leftovers()).toEqual([]);
});

const withDatabase = `
  - name: db
    type: postgres
`;

test('data of another major version of PostgreSQL', async () => {
  project = await makeBinProject(layer(`    links: [db]\n${withDatabase}`));
  project.write('.opta/data/bad.db/data/PG_VERSION', '13\n');
  project.write('.opta/data/bad.db/data/base/1/keep', 'rows');
  const { code, message, hints, place } = await refusal();
  expect(code).toBe('postgres-data-version');
  expect(message).toContain('bad/db');
  expect(message).toContain('PostgreSQL 13');
  expect(hints.join(' ')).toContain('opta dev down --volumes');
  expect(hints.join(' ')).toContain('pg_upgrade');
  expect(place).toMatchObject({ line: 15 });
  expect(existsSync(project.state('data/bad.db/data/base/1/keep'))).toBe(true);
});
