/** Checks of the kind target, against engines that say what they are told to say. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolvePins } from '../../../../src/platform/compatibility.ts';
import { readVersions } from '../../../../src/platform/versions.ts';
import { type KindCheckOptions, kindChecks, staleNodes } from '../../../../src/targets/kind/checks.ts';
import { machine, type Programs, rootWith, verdictOf } from '../../../support/machine.ts';

const versions = await readVersions(join(import.meta.dirname, '..', '..', '..', '..', 'kind', 'versions.yaml'));
const docker: Programs = { 'docker version': '29.0.1\n', 'docker ps': '' };
const info = (facts: object): Programs => ({ ...docker, 'docker info': JSON.stringify(facts) });

async function ask(id: string, programs: Programs, more: Partial<KindCheckOptions> = {}) {
  const options = {
    wanted: false,
    root: await rootWith(),
    pins: async () => resolvePins(versions),
    quota: undefined,
    ...more,
  };
  return verdictOf(kindChecks(options), id, machine({ programs }));
}

const withNode = (version: string) => async () => {
  const resolved = resolvePins(versions);
  const { images } = resolved.pins;
  return { ...resolved, pins: { ...resolved.pins, images: { ...images, node: { ...images.node, version } } } };
};

describe('without an engine', () => {
  test('every check is skipped: the process target needs none', async () => {
    for (const { id } of kindChecks({ wanted: false, root: '', pins: withNode('1.35.8'), quota: undefined }))
      expect(await ask(id, {})).toMatchObject({
        state: 'skipped',
        says: expect.stringContaining('not needed for the process target'),
      });
  });
});

test('an engine is fatal where the cluster must work', async () => {
  const checks = kindChecks({ wanted: true, root: '', pins: withNode('1.35.8'), quota: undefined });
  expect(checks.filter(({ severity }) => severity === 'fatal').map(({ id }) => id)).toEqual(['engine', 'cgroups']);
  expect(await ask('engine', {}, { wanted: true })).toEqual({ state: 'failed', says: 'none is installed' });
});

describe('an engine', () => {
  test('that answers is named with its version', async () => {
    expect(await ask('engine', docker)).toEqual({ state: 'ok', says: 'docker 29.0.1' });
  });

  test('that does not answer is told once; what stands on it is skipped', async () => {
    const silent = { 'docker context': '' };
    expect(await ask('engine', silent)).toMatchObject({ state: 'failed', says: expect.stringContaining('refused') });
    expect((await ask('cgroups', silent)).state).toBe('skipped');
  });
});

describe('control groups', () => {
  test.each([
    ['2', '1.35.8', undefined],
    ['1', '1.34.4', 'version 1, which Kubernetes 1.34.4 still takes'],
    ['1', '1.35.8', 'version 1: the kubelet of Kubernetes 1.35.8 is told to take it (failCgroupV1: false)'],
  ])('version %s with Kubernetes %s: %s', async (CgroupVersion, node, says) => {
    const verdict = await ask('cgroups', info({ CgroupVersion }), { pins: withNode(node) });
    expect(verdict).toMatchObject({ state: 'ok', ...(says !== undefined && { says }) });
  });
});

describe('a rootless engine', () => {
  const SecurityOptions = ['name=seccomp,profile=builtin', 'name=rootless'];

  test('must have control groups delegated and low ports open', async () => {
    const root = await rootWith({ 'proc/sys/net/ipv4/ip_unprivileged_port_start': '1024\n' });
    const verdict = await ask('rootless', info({ SecurityOptions, CgroupDriver: 'none' }), { root });
    expect(verdict).toMatchObject({
      state: 'failed',
      says: expect.stringMatching(/delegate control groups.*ports below 1024/),
    });
  });

  test('with both is content; one with root is not asked', async () => {
    const root = await rootWith({ 'proc/sys/net/ipv4/ip_unprivileged_port_start': '80\n' });
    expect((await ask('rootless', info({ SecurityOptions, CgroupDriver: 'systemd' }), { root })).state).toBe('ok');
    expect((await ask('rootless', info({ SecurityOptions: [], CgroupDriver: 'none' }))).state).toBe('skipped');
  });
});

test.each([
  [8 * 1024 ** 3, 'ok'],
  [2 * 1024 ** 3, 'failed'],
  [undefined, 'skipped'],
])('memory of the engine: %s is %s', async (MemTotal, state) => {
  expect((await ask('engine-memory', info({ MemTotal }))).state).toBe(state);
});

describe('tools', () => {
  const { kind, helm } = versions.pins.binaries;

  test('that fit are named; others are fetched', async () => {
    const fitting = { ...docker, 'kind version': `${kind.version}\n`, 'helm version': `v${helm.version}` };
    expect(await ask('tools', fitting)).toEqual({ state: 'ok', says: `kind ${kind.version}, helm ${helm.version}` });
    expect(await ask('tools', { ...docker, 'kind version': '0.20.0' })).toMatchObject({
      state: 'ok',
      says: `kind ${kind.version} is fetched instead of the one on PATH, helm ${helm.version} is fetched`,
    });
  });

  test.each([
    ['1.36.2', 'ok'],
    ['1.32.4', 'failed'],
  ])('kubectl %s for nodes of 1.35: %s', async (kubectl, state) => {
    const programs = { ...docker, 'kubectl version': `{"clientVersion": {"gitVersion": "v${kubectl}"}}` };
    expect((await ask('tools', programs, { pins: withNode('1.35.8') })).state).toBe(state);
  });
});

describe('clusters', () => {
  const node = (Name: string, ...sources: string[]) => ({ Name, Mounts: sources.map((Source) => ({ Source })) });

  test('whose project is gone are stale, others are not touched', () => {
    const nodes = [
      node('/opta-gone-1-control-plane', '/var/lib/x', '/home/a/gone/.opta/kind/registries'),
      node('/opta-here-1-control-plane', '/home/a/here/.opta/kind/registries'),
      node('/someone-elses-control-plane', '/lib/modules'),
    ];
    expect(staleNodes(nodes, (path) => path === '/home/a/here')).toEqual(['opta-gone-1-control-plane']);
  });

  test('are removed by exactly the command that is shown', async () => {
    const inspected = JSON.stringify([node('/opta-gone-1-control-plane', '/nowhere/at/all/.opta/kind/registries')]);
    expect(await ask('stale-clusters', { ...docker, 'docker ps': 'abc\n', 'docker inspect': inspected })).toMatchObject(
      {
        fix: { commands: [['/usr/bin/docker', 'rm', '--force', '--volumes', 'opta-gone-1-control-plane']] },
      },
    );
  });
});

test('Docker Hub is asked only when the network may be', async () => {
  expect((await ask('docker-hub', docker)).state).toBe('skipped');
  const quota = (left: number) => ({ quota: async () => ({ left, of: 10 }) });
  expect((await ask('docker-hub', docker, quota(9))).state).toBe('ok');
  expect((await ask('docker-hub', docker, quota(1))).state).toBe('failed');
});
