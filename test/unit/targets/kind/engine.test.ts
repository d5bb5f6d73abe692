import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeProcesses } from '../../../../src/system/exec.ts';
import { nodeSystem } from '../../../../src/system/node.ts';
import type { System } from '../../../../src/system/system.ts';
import { portHolder } from '../../../../src/targets/kind/containers.ts';
import { detectEngine, engineTrouble, theEngine } from '../../../../src/targets/kind/engine.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opta-engine-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A machine whose PATH holds nothing but what the test puts there. */
function machine(): System {
  const env = { PATH: folder };
  return { ...nodeSystem(), env, processes: nodeProcesses(env, () => undefined) };
}

function program(name: string, script: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

test('without an engine on PATH no process is started', async () => {
  const { processes } = machine();
  const refuse = () => {
    throw new Error('a process was started');
  };
  const system = { ...machine(), processes: { ...processes, run: refuse, spawn: refuse } };
  expect(await detectEngine(system)).toEqual({ engine: undefined, why: 'no container engine is installed' });
});

test('Docker is taken before Podman', async () => {
  program('docker', 'echo 26.1.5');
  program('podman', 'echo 5.0.0');
  const { engine, why } = await detectEngine(machine());
  expect(engine).toEqual({ name: 'docker', program: join(folder, 'docker'), version: '26.1.5' });
  expect(why).toBe('docker 26.1.5 answers');
});

test('Podman is taken where Docker does not answer', async () => {
  program('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  program('podman', 'echo 5.0.0');
  expect((await detectEngine(machine())).engine?.name).toBe('podman');
});

test('an engine that does not answer is told with what it said', async () => {
  program('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  const { engine, why } = await detectEngine(machine());
  expect(engine).toBeUndefined();
  expect(why).toBe('docker does not answer (Cannot connect to the Docker daemon)');
});

test('no engine and a silent engine are two things', async () => {
  await expect(theEngine(machine())).rejects.toMatchObject({ code: 'no-engine' });
  program('docker', 'echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1');
  await expect(theEngine(machine())).rejects.toMatchObject({
    code: 'engine-silent',
    hints: expect.arrayContaining([expect.stringContaining('usermod')]),
  });
});

const docker = { name: 'docker', program: 'docker', version: '1' } as const;

test.each([
  ['disk-full', 'write /var/lib/docker/tmp/x: no space left on device'],
  [
    'engine-silent',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  ],
  [
    'engine-silent',
    'Error: unable to connect to Podman socket: dial unix /run/podman/podman.sock: connect: no such file',
  ],
  ['port-taken', 'driver failed programming: Bind for 127.0.0.1:8443 failed: port is already allocated'],
  ['port-taken', 'rootlessport listen tcp 127.0.0.1:8443: bind: address already in use'],
])('an engine means %s when it says %j', (code, said) => {
  expect(engineTrouble(docker, said)).toMatchObject({ code });
});

test('an engine that complains of something else is not judged', () => {
  expect(engineTrouble(docker, 'pull access denied for x')).toBeUndefined();
});

test('the container on a port is named, ranges included', async () => {
  program('docker', `printf 'other-node\\t127.0.0.1:8443->443/tcp, 0.0.0.0:31000-31003->31000-31003/tcp\\nidle\\t\\n'`);
  const engine = { ...docker, program: join(folder, 'docker') };
  expect(await portHolder(machine(), engine, 8443)).toBe('the container other-node of docker');
  expect(await portHolder(machine(), engine, 31002)).toBe('the container other-node of docker');
  expect(await portHolder(machine(), engine, 443)).toBeUndefined();
});
