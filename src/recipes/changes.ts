/** What writing files would change on disk: which are new, which differ and how. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changedLines, type DiffLine, diffLines } from './diff.ts';
import type { RenderedFile } from './render.ts';

export interface Change {
  readonly path: string;
  readonly kind: 'new' | 'same' | 'different';
  /** Only of what differs: the changed lines with some around them. */
  readonly lines: readonly DiffLine[];
  /** Nothing of what is there goes away. */
  readonly addsOnly: boolean;
}

export async function changesOf(files: readonly RenderedFile[], directory: string): Promise<readonly Change[]> {
  return Promise.all(files.map((file) => changeOf(file, directory)));
}

async function changeOf({ path, text }: RenderedFile, directory: string): Promise<Change> {
  const before = await readFile(join(directory, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    // A folder stands there, or it may not be read: writing says so.
    if (error.code === 'EISDIR' || error.code === 'EACCES') return undefined;
    throw error;
  });
  if (before === undefined) return { path, kind: 'new', lines: [], addsOnly: true };
  if (before === text) return { path, kind: 'same', lines: [], addsOnly: true };
  const lines = diffLines(before, text);
  return {
    path,
    kind: 'different',
    lines: changedLines(lines),
    addsOnly: lines.every(({ kind }) => kind !== 'removed'),
  };
}
