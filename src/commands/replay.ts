/** `opta replay FILE`: draws a saved `--json` stream again. */
import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { parseStream } from '../engine/replay.ts';
import { UserError } from '../errors.ts';
import { openRenderer } from '../ui/open.ts';
import { type ExitCode, given, type Invocation } from './invocation.ts';

export async function replay(invocation: Invocation): Promise<ExitCode> {
  const { system, args } = invocation;
  const file = args[0] ?? '-';
  const [text, name] = file === '-' ? [await textOf(system.stdin), 'standard input'] : [await read(file), file];
  const events = parseStream(text, name);
  const renderer = await openRenderer({ system, mode: given(invocation, 'plain') ? 'lines' : 'auto', live: false });
  for (const event of events) renderer.emit(event);
  await renderer.close();
  return 0;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError('cannot-read', `cannot read ${file} (${(error as NodeJS.ErrnoException).code})`, {
      hints: ['Check the path: it is relative to the current folder.'],
      cause: error,
    });
  }
}
