/** PostgreSQL in single-user mode, and the stamp that its data folder bears. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StepContext } from '../../../engine/step.ts';
import { handOver, under } from './account.ts';
import { stampFile, writeStamp } from './data-folder.ts';
import type { Postgres } from './postgres-layout.ts';

export const stepId = (postgres: Postgres, part: string): string => `${postgres.wanted.resource.id}:${part}`;
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
export const program = (postgres: Postgres, name: string): string => join(postgres.home, 'bin', name);

/** Notes the version and the superuser's password in force. */
export async function stamp({ binaries, wanted }: Postgres, folder: string, password: string): Promise<void> {
  await writeStamp(folder, { format: 1, server: 'postgres', major: binaries.major, access: digest(password) });
  await handOver(wanted.facts.account, join(folder, stampFile));
}

/** Runs statements, one a line, in a server of their own that nobody else reaches. Answers what it said when one failed. */
export async function runAlone(
  postgres: Postgres,
  folder: string,
  statements: readonly string[],
  context: StepContext,
  fresh = false,
): Promise<string | undefined> {
  // -F: the system writes to disk in its own time, as initdb --no-sync lets it; not for data that counts already.
  const flags = ['--single', ...(fresh ? ['-F'] : []), '-c', 'log_min_error_statement=panic', '-D', folder, 'postgres'];
  const argv = under(postgres.wanted.facts.account, [program(postgres, 'postgres'), ...flags]);
  const input = `${statements.join('\n')}\n`;
  const done = await context.system.processes.run(argv, {
    cwd: '/',
    env: { LC_ALL: 'C' },
    input,
    signal: context.signal,
  });
  return done.code !== 0 || /ERROR:|FATAL:|PANIC:/.test(done.stderr) ? done.stderr : undefined;
}
