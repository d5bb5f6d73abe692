/** Mends what a killed engine tore in a state of files: notes beside its files, which it writes in place. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from '../operation.ts';

const isWhole = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * Takes away notes that were cut off while they were written: the engine would not read the file that they are of ("failed
 * to load checkpoint: EOF"). It can do without one, so nothing is lost even when it writes it at this moment.
 */
export function dropTornNotes({ url, project, stack }: Backend): void {
  if (!url.startsWith('file://')) return;
  const root = join(fileURLToPath(url), '.pulumi');
  for (const folder of [join(root, 'stacks', project), join(root, 'locks', 'organization', project, stack)]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.attrs'))) {
      const file = join(folder, name);
      if (existsSync(file) && !isWhole(readFileSync(file, 'utf8'))) rmSync(file, { force: true });
    }
  }
}
