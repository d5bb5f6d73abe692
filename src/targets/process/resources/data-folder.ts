/** Data folders that are never half made: filled beside their place, stamped with what made them, then renamed. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asFileError } from '../../../errors.ts';

/** What made a data folder. */
export interface Stamp {
  readonly format: 1;
  readonly server: string;
  /** Major version of the server. */
  readonly major: string;
  /** SHA-256 of the inner administrator's password in force; that password has 192 random bits, so this tells nothing. */
  readonly access?: string;
}

export const stampFile = 'opta.json';

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** undefined when there is no stamp, or none that this version can read. */
export async function readStamp(folder: string): Promise<Stamp | undefined> {
  const text = await textOf(join(folder, stampFile));
  if (text === undefined) return undefined;
  try {
    const stamp = JSON.parse(text) as Partial<Stamp>;
    return stamp.format === 1 && stamp.server !== undefined && stamp.major !== undefined ? (stamp as Stamp) : undefined;
  } catch {
    return undefined;
  }
}

export async function writeStamp(folder: string, stamp: Stamp): Promise<void> {
  await writePrivate(join(folder, stampFile), `${JSON.stringify(stamp)}\n`);
}

/** The trimmed text of a small file such as PG_VERSION; undefined when absent. */
export async function lineOf(file: string): Promise<string | undefined> {
  return (await textOf(file))?.trim();
}

/** Makes a folder that only its owner enters. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Writes a file that only its owner reads, whole or not at all. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  try {
    await makeFolder(dirname(file));
    await rm(next, { force: true });
    await writeFile(next, text, { mode: 0o600, flag: 'wx' });
    await rename(next, file);
  } catch (error) {
    throw asFileError(error);
  }
}

/** True when the file holds exactly that text. */
export async function holds(file: string, text: string): Promise<boolean> {
  return (await textOf(file)) === text;
}

/** Removes what killed runs left beside `folder`. Their programs may still write for a moment, thus the retries. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = dirname(folder);
  const left = (await readdir(parent)).filter((name) => name.startsWith(`${basename(folder)}.new-`));
  await Promise.all(
    left.map((name) => rm(join(parent, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 40 })),
  );
}

/** Calls `fill` (which stamps) on an empty folder beside `folder` and moves it to its place. A killed run leaves `<folder>.new-*` only. */
export async function createData(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const fresh = `${folder}.new-${randomBytes(4).toString('hex')}`;
  try {
    await makeFolder(dirname(folder));
    await removeLeftovers(folder);
    await mkdir(fresh, { mode: 0o700 });
    await fill(fresh);
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    throw asFileError(error);
  }
}
