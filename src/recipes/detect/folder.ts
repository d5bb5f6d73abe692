/** The door through which detection reads a project: names and texts of its files, and nothing else. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Door {
  /** Names in a folder (`''` is the top), folders with `/` at the end; empty when it is not there. */
  list(folder: string): Promise<readonly string[]>;
  /** The text of a file; undefined when it is not there or too large to be source. */
  read(file: string): Promise<string | undefined>;
}

/** Larger files are data or made by programs, bytes. */
const mostBytes = 512 * 1024;

const absent = (error: NodeJS.ErrnoException): undefined => {
  if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'ELOOP'].includes(error.code ?? '')) return undefined;
  throw error;
};

/** A folder on disk, each file read once. */
export function openFolder(root: string): Door {
  const texts = new Map<string, Promise<string | undefined>>();
  const readOnce = async (file: string) => {
    const path = join(root, file);
    const found = await stat(path).catch(absent);
    if (!found?.isFile() || found.size > mostBytes) return undefined;
    return readFile(path, 'utf8').catch(absent);
  };
  return {
    async list(folder) {
      const entries = (await readdir(join(root, folder), { withFileTypes: true }).catch(absent)) ?? [];
      return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
    },
    read(file) {
      let reading = texts.get(file);
      if (reading === undefined) {
        reading = readOnce(file);
        texts.set(file, reading);
      }
      return reading;
    },
  };
}

/** Made by tools, or somebody else's. */
const skipped = new Set(
  (
    'node_modules bower_components vendor target dist build out bin obj coverage venv env __pycache__ site-packages ' +
    'Pods tmp log logs public-build storybook-static'
  ).split(' '),
);
const kept = new Set(['bin', 'public', 'env']);

/** Show, prove or explain the code, and are no part of what runs. */
const aside = /^(tests?|__tests__|spec|e2e|examples?|samples?|docs?|fixtures?|benchmarks?|cypress|playwright|stories)$/;

const mostFolders = 1500;
const deepest = 6;
/** Packages of Java and Kotlin are folders within folders. */
const packages = /(^|\/)src\/main\/(java|kotlin)\//;
const deepestPackage = 16;

/** Every file that may be source, relative to the top, folders near the top first. */
export async function filesBelow(door: Door): Promise<readonly string[]> {
  const files: string[] = [];
  let seen = 0;
  for (let level = ['']; level.length > 0 && seen < mostFolders; ) {
    const next: string[] = [];
    const lists = await Promise.all(level.map(async (folder) => [folder, await door.list(folder)] as const));
    seen += level.length;
    for (const [folder, names] of lists) {
      for (const name of names) {
        if (!name.endsWith('/')) files.push(folder + name);
        else if (isOfInterest(folder, name.slice(0, -1), names)) next.push(folder + name);
      }
    }
    level = next.slice(0, mostFolders - seen);
  }
  return files;
}

function isOfInterest(folder: string, name: string, beside: readonly string[]): boolean {
  if (folder.split('/').length > (packages.test(folder) ? deepestPackage : deepest)) return false;
  if (aside.test(name) && !packages.test(folder)) return false;
  if (name.startsWith('.')) return false;
  return (
    !skipped.has(name) ||
    (kept.has(name) && (folder === '' || beside.some((file) => /^(Gemfile|package\.json)$/.test(file))))
  );
}
