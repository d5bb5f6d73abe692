/** What an engine that was killed leaves running, with real processes: found by its mark, on Linux also unwritten. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeSystem } from '../../src/system/node.ts';
import { endPlugins, markOf, notePlugins } from '../../src/targets/cloud/engine/child/plugins.ts';

const system = nodeSystem();
const isLinux = process.platform === 'linux';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opta-plugins-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

const lives = (pid: number): boolean => system.processes.startTime(pid) !== undefined;

/** An engine with one plugin, which stays when the engine ends. */
async function engineWithPlugin(env: Readonly<Record<string, string>>) {
  const plugin = 'setInterval(() => {}, 1000)';
  const engine = `const { spawn } = require('node:child_process');
    console.log(spawn(process.execPath, ['-e', ${JSON.stringify(plugin)}], { detached: true, stdio: 'ignore' }).pid);
    setInterval(() => {}, 1000);`;
  const running = system.processes.spawn([system.node, '-e', engine], {
    cwd: folder,
    env: { ...system.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(running.stdout as Readable, 'data')) as [Buffer];
  return { engine: running.pid ?? 0, plugin: Number(line.toString()), ended: running.ended };
}

test.runIf(isLinux)('a plugin that nobody wrote down is ended all the same', async () => {
  const { engine, plugin, ended } = await engineWithPlugin(markOf(system, folder));
  system.processes.signal(engine, 'SIGKILL');
  await ended;
  expect(lives(plugin)).toBe(true);
  await endPlugins(system, folder);
  expect(lives(plugin)).toBe(false);
});

test('a plugin that was written down is ended, and the engine with it', async () => {
  const { engine, plugin } = await engineWithPlugin({});
  await notePlugins(system, folder, engine);
  await endPlugins(system, folder);
  expect([engine, plugin].map(lives)).toEqual([false, false]);
});

test.runIf(isLinux)('what works for another stack, or for somebody who still runs, is left alone', async () => {
  const owner = system.processes.spawn([system.node, '-e', 'setInterval(() => {}, 1000)'], { cwd: folder, env: {} });
  const theirs = await engineWithPlugin(markOf({ ...system, pid: owner.pid ?? 0 }, folder));
  const other = await engineWithPlugin(markOf(system, join(folder, 'other')));
  await endPlugins(system, folder);
  expect([theirs, other].flatMap(({ engine, plugin }) => [engine, plugin].map(lives))).toEqual(Array(4).fill(true));
  system.processes.signal(owner.pid ?? 0, 'SIGKILL');
  await owner.ended;
  await endPlugins(system, folder);
  await endPlugins(system, join(folder, 'other'));
  expect([theirs, other].flatMap(({ engine, plugin }) => [engine, plugin].map(lives))).toEqual(Array(4).fill(false));
});
