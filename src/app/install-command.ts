/** How the dependencies of the code in a folder are installed, and whether they are. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { applicationDependencies } from './python-project.ts';
import { quoted } from './shell-words.ts';

export interface Install {
  readonly argv: readonly string[];
  /** Relative to the folder, the lock file where there is one; their contents decide whether an install is due. */
  readonly inputs: readonly string[];
  /** Relative to the folder; there once it is installed. */
  readonly result: string;
  readonly why: string;
}

interface Rule {
  /** All of them must be there. */
  readonly when: readonly string[];
  readonly argv: readonly string[];
  readonly result: string;
}

const venv = 'test -x .venv/bin/python || python3 -m venv .venv';

/** The first whose files are all there. A lock file means: exactly that, or fail. */
const rules: readonly Rule[] = [
  { when: ['package.json', 'pnpm-lock.yaml'], argv: ['pnpm', 'install', '--frozen-lockfile'], result: 'node_modules' },
  { when: ['package.json', 'yarn.lock'], argv: ['yarn', 'install', '--frozen-lockfile'], result: 'node_modules' },
  { when: ['package.json', 'bun.lock'], argv: ['bun', 'install', '--frozen-lockfile'], result: 'node_modules' },
  {
    when: ['package.json', 'package-lock.json'],
    argv: ['npm', 'ci', '--no-audit', '--no-fund'],
    result: 'node_modules',
  },
  { when: ['package.json'], argv: ['npm', 'install', '--no-audit', '--no-fund'], result: 'node_modules' },
  { when: ['pyproject.toml', 'uv.lock'], argv: ['uv', 'sync', '--frozen'], result: '.venv' },
  {
    when: ['requirements.txt'],
    argv: ['sh', '-c', `${venv} && .venv/bin/python -m pip install -q -r requirements.txt`],
    result: '.venv',
  },
  {
    when: ['pyproject.toml'],
    argv: ['sh', '-c', `${venv} && .venv/bin/python -m pip install -q -e .`],
    result: '.venv',
  },
  { when: ['Gemfile'], argv: ['bundle', 'install', '--quiet'], result: 'Gemfile.lock' },
];

async function modified(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** npm writes no folder for a package without dependencies, so there is nothing to wait for. */
async function needsNothing(folder: string): Promise<boolean> {
  try {
    const own = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'workspaces'];
    return kinds.every((kind) => Object.keys(own[kind] ?? {}).length === 0);
  } catch {
    return false;
  }
}

/** undefined when the code has no dependencies that must be installed (Go and Java fetch theirs as they build). */
export async function findInstall(folder: string): Promise<Install | undefined> {
  for (const { when, argv, result } of rules) {
    const there = await Promise.all(when.map((name) => modified(join(folder, name))));
    if (there.includes(undefined)) continue;
    if (result === 'node_modules' && (await needsNothing(folder))) return undefined;
    const own = when[0] === 'pyproject.toml' && when.length === 1 ? await ofApplication(folder) : undefined;
    return { argv: own ?? argv, inputs: when.slice(-1), result, why: `${when.at(-1)} in ${folder}` };
  }
  return undefined;
}

/** An application is run where it lies: what it needs is installed, and not itself. Code in `src` must be. */
async function ofApplication(folder: string): Promise<readonly string[] | undefined> {
  const packaged = await Promise.all(['setup.py', 'setup.cfg', 'src'].map((name) => modified(join(folder, name))));
  if (packaged.some((time) => time !== undefined)) return undefined;
  const needed = applicationDependencies(await readFile(join(folder, 'pyproject.toml'), 'utf8'));
  if (needed === undefined) return undefined;
  const install = needed.length === 0 ? [] : [`.venv/bin/python -m pip install -q ${needed.map(quoted).join(' ')}`];
  return ['sh', '-c', [venv, ...install].join(' && ')];
}

/** What a written `dev.install` depends on: the same files as the detected one, and its own text. */
export async function installOf(
  folder: string,
  written: string | readonly string[] | undefined,
): Promise<Install | undefined> {
  const found = await findInstall(folder);
  if (written === undefined) return found;
  const argv = typeof written === 'string' ? ['sh', '-c', written] : written;
  return { argv, inputs: found?.inputs ?? [], result: found?.result ?? '.', why: 'dev.install' };
}

async function digest(folder: string, install: Install): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(install.argv));
  for (const name of install.inputs) hash.update(`\0${name}\0`).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

/**
 * True when an install is not due: our stamp matches the lock file, or there is none of ours and npm's own record is not
 * older than the lock file (the user has installed).
 */
export async function isInstalled(folder: string, install: Install, stampFile: string): Promise<boolean> {
  const result = await modified(join(folder, install.result));
  if (result === undefined) return false;
  const stamp = await readFile(stampFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (stamp === (await digest(folder, install))) return true;
  if (install.result !== 'node_modules') return false;
  const records = ['.package-lock.json', '.modules.yaml', '.yarn-integrity', '.yarn-state.yml'];
  const times = await Promise.all(records.map((name) => modified(join(folder, 'node_modules', name))));
  const installed = Math.max(...times.map((time) => time ?? 0));
  const inputs = await Promise.all(install.inputs.map((name) => modified(join(folder, name))));
  return installed > 0 && inputs.every((time) => time === undefined || time <= installed);
}

/** Remembers that the install of just these files went well. */
export async function markInstalled(folder: string, install: Install, stampFile: string): Promise<void> {
  await mkdir(dirname(stampFile), { recursive: true, mode: 0o700 });
  await writeFile(stampFile, await digest(folder, install));
}
