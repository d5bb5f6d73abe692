import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Invocation } from '../../../src/commands/invocation.ts';
import { chooseTarget, runningTarget, targetsToClear } from '../../../src/commands/target.ts';
import { machine, type Programs } from '../../support/machine.ts';

const { signal } = new AbortController();
const docker: Programs = { 'docker version': '26.1.5' };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opta-target-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function said(
  programs: Programs,
  flags: Invocation['flags'] = {},
  env: Readonly<Record<string, string>> = {},
): Invocation {
  const system = { ...machine({ programs, env }), cwd: folder };
  return { system, signal, force: signal, args: [], flags, packageRoot: folder };
}

function state(name: string, content: object): void {
  const file = join(folder, '.opta', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
}

describe('dev up', () => {
  test('takes a cluster where a container engine answers', async () => {
    expect(await chooseTarget(said(docker))).toMatchObject({
      target: 'kind',
      reason: 'docker 26.1.5 answers; --on process runs without containers',
      engine: { name: 'docker' },
    });
  });

  test('takes processes where none does, and says why', async () => {
    expect(await chooseTarget(said({}))).toEqual({
      target: 'process',
      reason: 'no container engine is installed, so no local Kubernetes',
    });
    expect(await chooseTarget(said({ 'docker info': '' }))).toEqual({
      target: 'process',
      reason: 'docker does not answer (refused), so no local Kubernetes',
    });
  });

  test('takes what was asked for, by flag before variable', async () => {
    const both = said(docker, { on: 'process' }, { OPTA_ON: 'kind' });
    expect(await chooseTarget(both)).toEqual({ target: 'process', reason: 'asked for with --on process' });
    expect(await chooseTarget(said(docker, {}, { OPTA_ON: 'process' }))).toEqual({
      target: 'process',
      reason: 'asked for with OPTA_ON',
    });
    await expect(chooseTarget(said({}, { on: 'kind' }))).rejects.toMatchObject({ code: 'no-engine' });
    await expect(chooseTarget(said({}, { on: 'mars' }))).rejects.toMatchObject({ code: 'bad-value' });
  });

  test('stays with what the project runs on', async () => {
    state('run.json', {});
    expect(await chooseTarget(said(docker))).toMatchObject({ target: 'process' });
    rmSync(join(folder, '.opta'), { recursive: true });
    state('kind/cluster.json', { state: 'created' });
    expect(await chooseTarget(said(docker))).toMatchObject({ target: 'kind' });
  });

  test('asks no engine for what runs as processes anyway, as `opta try` does', async () => {
    expect(await chooseTarget(said(docker), 'process')).toMatchObject({ target: 'process' });
    expect(await chooseTarget(said(docker, { on: 'kind' }), 'process')).toMatchObject({ target: 'kind' });
  });
});

test('commands about what runs mean the target that it runs on', () => {
  expect(runningTarget(said(docker))).toBe('process');
  state('kind/cluster.json', { state: 'created' });
  expect(runningTarget(said(docker))).toBe('kind');
  expect(targetsToClear(said(docker), false)).toEqual(['kind']);
  expect(targetsToClear(said(docker), true)).toEqual(['kind', 'process']);
  state('kind/cluster.json', { state: 'none' });
  expect(runningTarget(said(docker))).toBe('process');
  expect(targetsToClear(said(docker), false)).toEqual(['process']);
});
