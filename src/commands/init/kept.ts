/** Answers of a wizard that was left, kept for the next time in the same folder, outside of the project. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Given } from '../../app/asked.ts';
import { dataFolder } from '../../system/folders.ts';
import type { System } from '../../system/system.ts';

type Where = Pick<System, 'env' | 'home' | 'platform'>;

function fileOf(system: Where, directory: string): string {
  const key = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return join(dataFolder(system), 'init', `${key}.json`);
}

export async function keep(system: Where, directory: string, answers: Given): Promise<void> {
  const file = fileOf(system, directory);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(answers)}\n`, { mode: 0o600 });
}

/** undefined when there are none, or none that can be read. */
export async function kept(system: Where, directory: string): Promise<Given | undefined> {
  const text = await readFile(fileOf(system, directory), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null) return undefined;
    const answers = Object.entries(read).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
    return answers.length === 0 ? undefined : Object.fromEntries(answers);
  } catch {
    // Half written when the machine went down: as if there were none.
    return undefined;
  }
}

export async function forget(system: Where, directory: string): Promise<void> {
  await rm(fileOf(system, directory), { force: true });
}
