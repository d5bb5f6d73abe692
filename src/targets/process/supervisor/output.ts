/** What a process prints: into its log line by line, without secrets, and the last lines kept for failures. */
import type { Readable } from 'node:stream';
import type { Running } from '../../../system/system.ts';
import type { ProgramSpec } from '../spec.ts';
import { redactor, splitLines } from './lines.ts';
import type { World } from './world.ts';

/** Lines kept in memory. */
const kept = 20;
/** Milliseconds in which the loop reads what is there, and how often that is asked of a child that goes on printing. */
const turnMs = 10;
const mostTurns = 20;

export interface Output {
  /**
   * After the end of the program: resolves when both streams are read to their end, or when nothing has come for
   * `quietMs`: a child of it may hold the pipe.
   */
  rest(quietMs: number): Promise<void>;
  lastLines(): readonly string[];
}

/** Reads a stream line by line; resolves at its end. */
function readLines(
  stream: Readable | undefined,
  take: (lines: readonly string[]) => void,
  came: () => void,
): Promise<void> {
  if (!stream) return Promise.resolve();
  let batch: string[] = [];
  const splitter = splitLines((line) => batch.push(line));
  const flush = () => {
    if (batch.length > 0) take(batch);
    batch = [];
  };
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      came();
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
  let parts = 0;
  const take = (stream: 'stdout' | 'stderr') => (lines: readonly string[]) => {
    const clean = lines.map(redact);
    tail.push(...clean.slice(-kept));
    tail.splice(0, tail.length - kept);
    world.log(spec.id, replica, stream, clean);
  };
  const came = () => {
    parts += 1;
  };
  const read = Promise.all([
    readLines(running.stdout, take('stdout'), came),
    readLines(running.stderr, take('stderr'), came),
  ]);
  return {
    async rest(quietMs) {
      const { clock } = world.system;
      let [over, seen, turns] = [false, -1, 0];
      void read.then(() => {
        over = true;
      });
      await Promise.race([read, clock.sleep(quietMs)]);
      // On a busy machine the timer comes before what has long been there: that is read in the turns after it.
      for (; !over && (turns < 2 || (parts !== seen && turns < mostTurns)); turns += 1) {
        seen = parts;
        await Promise.race([read, clock.sleep(turnMs)]);
      }
    },
    lastLines: () => tail,
  };
}
