import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readApp } from '../../../../src/app/read.ts';
import { nodeSystem } from '../../../../src/system/node.ts';
import { serviceStarts } from '../../../../src/targets/process/service-start.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'opta-start-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The folders that come first on PATH for a service whose code is `files`. */
async function pathOf(module: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const definition = `name: notes\nmodules:\n  - {name: app, type: k8s-service, image: AUTO, ${module}}\n`;
  for (const [name, text] of Object.entries({ 'opta.yaml': definition, ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const system = nodeSystem();
  const app = await readApp({ system, directory: folder, target: 'process' });
  const { starts } = await serviceStarts(system, app, join(folder, '.opta'));
  return starts.get('notes/app')?.path ?? [];
}

const python = { 'pyproject.toml': '[project]\nname = "notes"\ndependencies = ["fastapi"]\n' };

test.each([
  ['dev.command', 'dev: {command: "python -m uvicorn app.main:app --port $PORT"}'],
  ['commands of the container', 'commands: [python, app.py]'],
  ['what the folder says', 'dev: {}'],
])('a Python service finds its own packages, started by %s', async (_, module) => {
  const files = { ...python, 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' };
  expect(await pathOf(module, files)).toEqual([join(folder, '.venv', 'bin')]);
});

test('so it does in an environment that is there under another name', async () => {
  expect(await pathOf('dev: {command: python a.py}', { ...python, 'venv/bin/python': '' })).toEqual([
    join(folder, 'venv', 'bin'),
  ]);
});

test('another language gets none', async () => {
  expect(await pathOf('dev: {command: go run .}', { 'go.mod': 'module x' })).toEqual([]);
});
