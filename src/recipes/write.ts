/** Writes rendered files: all of them or none, and never over something that is there unless it was agreed to. */
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { UserError } from '../errors.ts';
import type { RenderedFile } from './render.ts';
import { makeStaging } from './staging.ts';

export interface Written {
  /** Paths as given, in order. */
  readonly written: readonly string[];
  /** Were there with other content that was agreed to be replaced; they are in `written` too. */
  readonly replaced: readonly string[];
  /** Were there already with the same content. */
  readonly unchanged: readonly string[];
}

interface WriteOptions {
  /** Files that differ and may be replaced. */
  readonly replace?: readonly string[];
  /** Of this process. */
  readonly pid: number;
}

type Undo = () => Promise<unknown>;

/**
 * Writes into `directory` (absolute), which is made when absent.
 * Throws UserError `file-exists` (naming all conflicts but those in `replace`), `path-outside` or `cannot-write`; nothing
 * is written then.
 */
export async function writeFiles(
  files: readonly RenderedFile[],
  directory: string,
  { replace = [], pid }: WriteOptions,
): Promise<Written> {
  for (const { path } of files) refuseOutside(path);
  const undo: Undo[] = [];
  try {
    return await writeAll(files, directory, { replace, pid }, undo);
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw asUserError(error, directory);
  }
}

async function writeAll(
  files: readonly RenderedFile[],
  directory: string,
  { replace, pid }: Required<WriteOptions>,
  undo: Undo[],
): Promise<Written> {
  await refuseLinksOut(files, directory);
  const found = await Promise.all(files.map((file) => stateOf(file, directory)));
  const different = files.filter((_, index) => found[index] === 'different').map(({ path }) => path);
  const conflicts = different.filter((path) => !replace.includes(path));
  if (conflicts.length > 0) throw fileExists(conflicts, directory);
  const missing = files.filter((_, index) => found[index] !== 'same');
  if (missing.length > 0) await place(missing, directory, { replaced: different, pid }, undo);
  return {
    written: missing.map(({ path }) => path),
    replaced: different,
    unchanged: files.filter((_, index) => found[index] === 'same').map(({ path }) => path),
  };
}

/** Every file is complete in a folder beside before the first one gets its name. */
async function place(
  files: readonly RenderedFile[],
  directory: string,
  { replaced, pid }: { readonly replaced: readonly string[]; readonly pid: number },
  undo: Undo[],
): Promise<void> {
  await makeFolder(directory, undo);
  const staging = await makeStaging(directory, pid);
  try {
    await Promise.all(files.map((file, index) => stage(file, join(staging, String(index)))));
    for (const [index, { path }] of files.entries()) {
      const target = join(directory, path);
      await makeFolder(dirname(target), undo);
      if (replaced.includes(path)) {
        const [before, { mode }] = await Promise.all([readFile(target), lstat(target)]);
        undo.push(() => writeFile(target, before));
        await chmod(join(staging, String(index)), mode);
        await rename(join(staging, String(index)), target);
      } else {
        await giveName(join(staging, String(index)), target, directory);
        undo.push(() => rm(target, { force: true }));
      }
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function stage({ text, mode }: RenderedFile, path: string): Promise<void> {
  await writeFile(path, text);
  if (mode !== undefined) await chmod(path, mode);
}

/** Fails when the name has come into being meanwhile. */
async function giveName(staged: string, target: string, directory: string): Promise<void> {
  try {
    await link(staged, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      // Some file systems know no hard links.
      return copyFile(staged, target, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists([relative(directory, target)], directory);
    throw error;
  }
}

/** Like mkdir -p, but each folder made is taken away again by `undo` when it is empty. */
async function makeFolder(folder: string, undo: Undo[]): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const made: string[] = [];
  for (let own = folder; own.length >= first.length; own = dirname(own)) made.unshift(own);
  undo.push(...made.map((own) => () => rmdir(own).catch(ignoreNotEmpty)));
}

function ignoreNotEmpty(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
}

async function stateOf(file: RenderedFile, directory: string): Promise<'absent' | 'same' | 'different'> {
  try {
    const path = join(directory, file.path);
    if (!(await lstat(path)).isFile()) return 'different';
    return (await readFile(path, 'utf8')) === file.text ? 'same' : 'different';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'absent';
    // A file stands where a folder must be.
    if (code === 'ENOTDIR') return 'different';
    throw error;
  }
}

function refuseOutside(path: string): void {
  const parts = path.split('/');
  const safe =
    path !== '' &&
    !isAbsolute(path) &&
    !/[\\\0]|^[a-zA-Z]:/.test(path) &&
    !parts.some((part) => ['', '.', '..'].includes(part));
  if (!safe) throw outside(path);
}

/** A symbolic link in the project may lead to another folder; we follow it only inside the project. */
async function refuseLinksOut(files: readonly RenderedFile[], directory: string): Promise<void> {
  const root = await realpath(directory).catch(() => undefined);
  if (root === undefined) return;
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) {
    const real = await nearestReal(join(directory, folder));
    if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) throw outside(folder);
  }
}

async function nearestReal(folder: string): Promise<string> {
  const real = await realpath(folder).catch(() => undefined);
  return real ?? nearestReal(dirname(folder));
}

function outside(path: string): UserError {
  return new UserError('path-outside', `${path} leads out of the project's folder.`, {
    hints: ['Take the symbolic link away, or choose another folder with --dir.'],
  });
}

function fileExists(conflicts: readonly string[], directory: string): UserError {
  const what = conflicts.length === 1 ? `${conflicts[0]} is` : `${conflicts.length} files are`;
  return new UserError('file-exists', `${what} already in ${directory} with other content. Nothing was written.`, {
    detail: conflicts.length === 1 ? [] : conflicts,
    hints: ['Choose another folder with --dir, or see the differences and replace it with --overwrite.'],
  });
}

function asUserError(error: unknown, directory: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'you may not write there',
    EPERM: 'you may not write there',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'your disk quota is used up',
    ENOTDIR: 'a part of the path is a file',
    EEXIST: 'a file stands where a folder must be',
    ENAMETOOLONG: 'the path is too long',
  };
  const reason = error instanceof UserError || code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  return new UserError('cannot-write', `Cannot write ${path ?? directory}: ${reason}. Nothing was written.`, {
    hints: ['Choose another folder with --dir.'],
    cause: error,
  });
}
