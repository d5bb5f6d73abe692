/** Reads a saved NDJSON stream back. */
import { UserError } from '../errors.ts';
import { clean } from './clean.ts';
import type { Event } from './event.ts';
import { readEvent } from './event-schema.ts';

function parse(line: string): { readonly event: Event } | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { wrong: 'is not JSON' };
  }
  return readEvent(value);
}

/** The event of one line; throws UserError `bad-stream` with the line's number, which counts from 1. */
export function parseEvent(line: string, number: number, file = 'stream'): Event {
  const parsed = parse(line);
  if ('event' in parsed) return parsed.event;
  throw new UserError('bad-stream', `line ${number} of ${file} ${parsed.wrong}`, {
    place: { file, line: number, column: 1, source: clean(line.slice(0, 200)).replaceAll('\n', ' ') },
    hints: ['Give a file that `--json` wrote, unchanged.'],
  });
}

/** The events of a saved stream; empty lines are skipped. Throws as parseEvent does. */
export function parseStream(text: string, file?: string): Event[] {
  return text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [parseEvent(line, at + 1, file)]));
}
