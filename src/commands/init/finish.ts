/** The end of `opta init`: what changes, writing it, and what to do next. */
import { relative } from 'node:path';
import { jsonSchema } from '../../app/json-schema.ts';
import { type Change, changesOf } from '../../recipes/changes.ts';
import { writeSchema } from '../../recipes/init.ts';
import type { Made } from '../../recipes/own/files.ts';
import { writeFiles } from '../../recipes/write.ts';
import { changeLines } from '../../ui/changes.ts';
import { wrapped } from '../../ui/text.ts';
import { themeOf } from '../../ui/theme.ts';
import { type ExitCode, given, type Invocation } from '../invocation.ts';

export interface Finished extends Made {
  /** Absolute. */
  readonly directory: string;
  /** What was found, for `--json`. */
  readonly detected?: unknown;
}

/** Prints the files instead of writing them. */
export function printFiles({ system }: Invocation, { files }: Made): ExitCode {
  for (const { path, text: body } of files) system.stdout.write(`==> ${path} <==\n${body}\n`);
  return 0;
}

/**
 * Writes what was made. `agreed` are files that differ and may be replaced; those to which only lines are added always
 * may. Throws UserError `file-exists`, `path-outside` or `cannot-write`; nothing is written then.
 */
export async function finish(invocation: Invocation, made: Finished, agreed: readonly string[]): Promise<ExitCode> {
  const { system } = invocation;
  const { directory, files } = made;
  const changes = await changesOf(files, directory);
  const all = given(invocation, 'overwrite');
  const may = changes.filter(
    ({ kind, addsOnly, path }) => kind === 'different' && (all || addsOnly || agreed.includes(path)),
  );
  const shown = may.filter(({ path }) => !agreed.includes(path));
  if (shown.length > 0) system.stderr.write(`${changeLines(shown, themeOf(system, system.stderr)).join('\n')}\n`);
  const written = await writeFiles(files, directory, {
    replace: may.map(({ path }) => path),
    pid: system.pid,
  });
  await writeSchema(directory, `${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
  const text = () => wrapped(told(made, written, changes, system.cwd), system.stdout.columns);
  system.stdout.write(given(invocation, 'json') ? json(made, written) : text());
  return 0;
}

type Written = Awaited<ReturnType<typeof writeFiles>>;

function json({ files, ...rest }: Finished, written: Written): string {
  return `${JSON.stringify({ ...rest, files: files.map(({ path }) => path), ...written }, undefined, 2)}\n`;
}

function told(
  { directory, next, leftOut }: Finished,
  { written, replaced }: Written,
  changes: readonly Change[],
  cwd: string,
): string {
  const run = directory === cwd ? 'opta dev up' : `cd ${relative(cwd, directory)} && opta dev up`;
  const changed = new Set([...replaced, ...changes.filter(({ kind }) => kind === 'different').map(({ path }) => path)]);
  const files = written.map((path) => `  ${path}${changed.has(path) ? '  (changed)' : ''}\n`).join('');
  const steps = [`Run it: ${run}`, ...next].map((step) => `  ${step}\n`).join('');
  const left = leftOut.length === 0 ? '' : `\nNot carried over:\n${leftOut.map((one) => `  ${one}\n`).join('')}`;
  return written.length === 0
    ? `${directory} has all of it already\n${left}\nNext:\n${steps}`
    : `Wrote to ${directory}:\n${files}${left}\nNext:\n${steps}`;
}
