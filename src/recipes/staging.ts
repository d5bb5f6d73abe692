/** The folder in which files are made complete before the first gets its name, and what is left of it after a kill. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { System } from '../system/system.ts';

const prefix = '.opta-init-';

/** `pid` is that of the process that writes: another one sees by it whether the folder is still in use. */
export function makeStaging(directory: string, pid: number): Promise<string> {
  return mkdtemp(join(directory, `${prefix}${pid}-`));
}

/** Takes away what a process that was killed left behind in a project's folder. */
export async function removeLeftStaging(directory: string, { processes }: Pick<System, 'processes'>): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES') return [];
    throw error;
  });
  const isLeft = (name: string) => {
    const [, pid] = new RegExp(`^\\${prefix}(\\d+)-`).exec(name) ?? [];
    return pid !== undefined && !processes.signal(Number(pid), 0);
  };
  await Promise.all(names.filter(isLeft).map((name) => rm(join(directory, name), { recursive: true, force: true })));
}
