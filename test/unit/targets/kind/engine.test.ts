import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeProcesses } from '../../../../src/system/exec.ts';
import { nodeSystem } from '../../../../src/system/node.ts';
import type { System } from '../../../../src/system/system.ts';
import { detectEngine } from '../../../../src/targets/kind/engine.ts';

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
