/** What each engine is told, by programs that stand for it and write down their arguments. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeProcesses } from '../../../../src/system/exec.ts';
import { nodeSystem } from '../../../../src/system/node.ts';
import type { System } from '../../../../src/system/system.ts';
import { createCluster } from '../../../../src/targets/kind/cluster.ts';
import { createNetwork, hasNetwork, ownContainers, removeContainers } from '../../../../src/targets/kind/containers.ts';
import { type EngineName, engineNames } from '../../../../src/targets/kind/engine.ts';
import { kindFolder } from '../../../../src/targets/kind/folder.ts';
import { buildImage, pushImage } from '../../../../src/targets/kind/images.ts';
import { carryToNode, importInNode, pullInNode } from '../../../../src/targets/kind/node-images.ts';
import { startRegistry } from '../../../../src/targets/kind/registry.ts';
import { service } from '../../../support/app.ts';
import { root } from '../../../support/tree.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'opta-calls-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** A program that writes its arguments down, a line a call, and answers with `says`. */
function program(name: string, says = ''): string {
  const file = join(place, name);
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${place}/calls'\n${says}\n`);
  chmodSync(file, 0o755);
  return file;
}

const signal = new AbortController().signal;
const system = (): System => {
  const env = { PATH: `${place}:/usr/bin:/bin` };
  return { ...nodeSystem(), env, processes: nodeProcesses(env, () => undefined) };
};
const engineOf = (name: EngineName, says?: string) => ({ name, program: program(name, says), version: '5.0.0' });
const calls = (): string[] => readFileSync(join(place, 'calls'), 'utf8').trim().split('\n');

/** Closes connections without a word until the nth is made, as an engine does whose container does not listen yet. */
async function registryThatAnswersAt(nth: number) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (asked < nth) request.socket.destroy();
    else response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, asked: () => asked, close: () => server.close() };
}

describe.each(engineNames)('%s', (name) => {
  const project = () => kindFolder(place);

  test('is asked for what is ours by network, labels and state', async () => {
    const engine = engineOf(name, `case "$*" in *--all*) printf 'node-a\\trunning\\nnode-b\\texited\\n';; esac`);
    const own = await ownContainers(system(), engine, project());
    expect(own.slice(0, 2)).toEqual([
      { name: 'node-a', isNode: true, running: true },
      { name: 'node-b', isNode: true, running: false },
    ]);
    const { name: cluster, mark } = project();
    for (const label of [`io.x-k8s.kind.cluster=${cluster}`, `dev.opta.project=${mark}`])
      expect(calls()).toContain(
        `ps --all --no-trunc --filter label=${label} --filter network=${cluster} --format {{.Names}}\t{{.State}}`,
      );
    await removeContainers(system(), engine, own.slice(0, 1));
    expect(calls().at(-1)).toBe('rm --force --volumes node-a');
  });

  test('makes the network with our label, and knows when there is none', async () => {
    const said = {
      docker: 'Error response from daemon: network x not found',
      podman: 'Error: network x: unable to find network with name or ID x: network not found',
    }[name];
    const engine = engineOf(name, `case "$2" in inspect) echo "${said}" >&2; exit 1;; esac`);
    const { name: cluster, mark } = project();
    expect(await hasNetwork(system(), engine, project())).toBe(false);
    await createNetwork(system(), engine, project());
    expect(calls().at(-1)).toBe(`network create --driver bridge --label dev.opta.project=${mark} ${cluster}`);
  });

  test('keeps the registry to this machine and in our network', async () => {
    const { port, close } = await registryThatAnswersAt(1);
    await startRegistry(system(), engineOf(name), project(), 'docker.io/library/registry:3', port, signal);
    close();
    const [run = ''] = calls();
    expect(run).toContain(`run --detach --name ${project().name}-registry --network ${project().name}`);
    expect(run).toContain(`--publish 127.0.0.1:${port}:5000`);
  });

  test('waits for the registry, whose port is open before it listens', async () => {
    const { port, close, asked } = await registryThatAnswersAt(4);
    await startRegistry(system(), engineOf(name), project(), 'registry:3', port, signal);
    close();
    expect(asked()).toBe(4);
  });

  test('gives up on a registry that never answers, with the end of its log', async () => {
    const { port, close } = await registryThatAnswersAt(Number.POSITIVE_INFINITY);
    const engine = engineOf(name, 'case "$1" in logs) echo "panic: no room" >&2;; esac');
    const real = system();
    let passed = 0;
    const sleep = async (ms: number) => {
      passed += ms;
    };
    const clock = { ...real.clock, monotonic: () => passed, sleep };
    await expect(
      startRegistry({ ...real, clock }, engine, project(), 'registry:3', port, signal),
    ).rejects.toMatchObject({ code: 'registry-silent', detail: ['panic: no room'] });
    close();
  });

  test('builds, and pushes over plain HTTP where it has to be told so', async () => {
    const engine = engineOf(name);
    const built = { system: system(), engine, folder: project(), port: 9 };
    const context = join(place, 'code');
    mkdirSync(context);
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\n');
    const build = { context, dockerfile: join(context, 'Dockerfile'), args: { A: '1' }, target: 'last', platforms: [] };
    const api = service({ name: 'api', image: { kind: 'build', build } });
    await buildImage(built, api, build, signal, () => {});
    // Nothing listens on that port, so the digest cannot be asked for.
    await expect(pushImage(built, api, signal)).rejects.toMatchObject({ code: 'push-failed' });
    const tag = 'localhost:9/shop/api:dev';
    expect(calls()).toEqual([
      `build --tag ${tag} --file ${build.dockerfile} --target last --build-arg A=1 ${context}`,
      { docker: `push --quiet ${tag}`, podman: `push --quiet --tls-verify=false ${tag}` }[name],
    ]);
  });

  test('brings images into a node: fetched there, from an archive, or by way of this machine', async () => {
    const engine = engineOf(name, `case "$1" in exec) exit 0;; esac`);
    const call = [system(), engine, 'node-a'] as const;
    expect(await pullInNode(...call, 'postgres:17', signal)).toBeUndefined();
    expect(calls().at(-1)).toMatch(/^exec node-a sh -c .* sh docker\.io\/library\/postgres:17$/);
    await importInNode(...call, '/mirror/postgres.tar', signal);
    expect(calls().slice(-3)).toEqual([
      'cp /mirror/postgres.tar node-a:/root/postgres.tar',
      'exec node-a ctr --namespace k8s.io images import /root/postgres.tar',
      'exec node-a rm -f /root/postgres.tar',
    ]);
    expect(await carryToNode(...call, 'localhost:5005/mirror/postgres:17', signal)).toBe(true);
    const pull = { docker: 'pull --quiet', podman: 'pull --quiet --tls-verify=false' }[name];
    expect(calls().at(-5)).toBe(`${pull} localhost:5005/mirror/postgres:17`);
    expect(calls().at(-4)).toMatch(/^save --output \S+\.tar localhost:5005\/mirror\/postgres:17$/);
    expect(await carryToNode(...call, 'postgres@sha256:00', signal)).toBe(false);
  });

  test('is the provider that kind is told to use, in a network of the project', async () => {
    const kind = program('kind', `env | grep -E '^(KIND|KUBECONFIG)' | sort >> '${place}/calls'; exit 1`);
    mkdirSync(project().path, { recursive: true });
    const creation = createCluster({
      ...{ system: system(), engine: engineOf(name), kind, folder: project(), packageRoot: root, signal },
      ...{
        nodeImage: 'kindest/node:v1',
        ports: { https: 1, http: 2, registry: 3, spare: [] },
        workers: 0,
        allowCgroupV1: false,
      },
      ...{ onStart: async () => {}, note: () => {} },
    });
    await expect(creation.done).rejects.toMatchObject({ code: 'cluster-failed' });
    const folder = project();
    expect(calls()).toEqual([
      `create cluster --name ${folder.name} --config ${folder.config} --kubeconfig ${folder.kubeconfig}`,
      `KIND_EXPERIMENTAL_${name.toUpperCase()}_NETWORK=${folder.name}`,
      `KIND_EXPERIMENTAL_PROVIDER=${name}`,
      `KUBECONFIG=${folder.kubeconfig}`,
    ]);
  });
});
