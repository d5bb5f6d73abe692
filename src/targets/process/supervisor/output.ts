/** What a process prints: into its log line by line, without secrets, and the last lines kept for failures. */
import type { Readable } from 'node:stream';
import type { Running } from '../../../system/system.ts';
import type { ProgramSpec } from '../spec.ts';
import { redactor, splitLines } from './lines.ts';
import type { World } from './world.ts';

/** Lines kept in memory. */
const kept = 20;

export interface Output {
  /** Both streams are read to their end. */
  readonly read: Promise<unknown>;
  lastLines(): readonly string[];
}

/** Reads a stream line by line; resolves at its end. */
function readLines(stream: Readable | undefined, take: (lines: readonly string[]) => void): Promise<void> {
  if (!stream) return Promise.resolve();
  let batch: string[] = [];
  const splitter = splitLines((line) => batch.push(line));
  const flush = () => {
    if (batch.length > 0) take(batch);
    batch = [];
  };
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      splitter.push(chunk);
      flush();
    });
    // `close` follows, and ends the reading.
    stream.on('error', () => {});
    stream.once('close', () => {
      splitter.end();
      flush();
      resolve();
    });
  });
}

export function captureOutput(world: World, spec: ProgramSpec, replica: number, running: Running): Output {
  const tail: string[] = [];
  const redact = redactor(spec.secretNames.map((name) => spec.env[name] ?? ''));
  const take = (stream: 'stdout' | 'stderr') => (lines: readonly string[]) => {
    const clean = lines.map(redact);
    tail.push(...clean.slice(-kept));
    tail.splice(0, tail.length - kept);
    world.log(spec.id, replica, stream, clean);
  };
  return {
    read: Promise.all([readLines(running.stdout, take('stdout')), readLines(running.stderr, take('stderr'))]),
    lastLines: () => tail,
  };
}
