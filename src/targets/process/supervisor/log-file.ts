/** One program's log on disk: stamped lines, rotated by size. A full disk loses lines, never the supervisor. */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../system/system.ts';

export type LogStream = 'stdout' | 'stderr' | 'opta';

export interface LogLine {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly service: string;
  readonly replica: number;
  readonly stream: LogStream;
  readonly line: string;
}

/** Bytes of one file; one older file is kept beside it. */
const rotateAt = 10 * 1024 * 1024;
/** Milliseconds until a file that could not be written is tried again. */
const retryAfter = 1000;

/** `back/api` is kept in `back.api.log`. */
export function logPath(folder: string, id: string): string {
  return join(folder, `${id.replaceAll('/', '.')}.log`);
}

export function formatLine(line: LogLine): string {
  return `${new Date(line.at).toISOString()} ${line.replica} ${line.stream} ${line.line}\n`;
}

const shape = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (\d+) (stdout|stderr|opta) (.*)$/s;

/** The reverse of `formatLine`; undefined for a line that a crash or a full disk has torn. */
export function parseLine(service: string, text: string): LogLine | undefined {
  const [, at, replica, stream, line] = shape.exec(text) ?? [];
  if (at === undefined) return undefined;
  return { at: Date.parse(at), service, replica: Number(replica), stream: stream as LogStream, line: line ?? '' };
}

export class LogFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #limit: number;
  #descriptor: number | undefined;
  #bytes = 0;
  #brokenUntil = 0;
  #lost = 0;

  constructor(path: string, clock: Clock, limit = rotateAt) {
    this.#path = path;
    this.#clock = clock;
    this.#limit = limit;
  }

  write(lines: readonly LogLine[]): void {
    const [first] = lines;
    if (!first) return;
    if (this.#clock.monotonic() < this.#brokenUntil) {
      this.#lost += lines.length;
      return;
    }
    try {
      let text = lines.map(formatLine).join('');
      if (this.#lost > 0) {
        const line = `${this.#lost} lines are missing: the log could not be written`;
        text = formatLine({ ...first, stream: 'opta', line }) + text;
      }
      this.#append(Buffer.from(text));
      this.#lost = 0;
    } catch {
      // Told in the log itself, as a count, once it can be written again.
      this.#lost += lines.length;
      this.#brokenUntil = this.#clock.monotonic() + retryAfter;
      this.close();
    }
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(bytes: Buffer): void {
    if (this.#descriptor !== undefined && this.#bytes + bytes.length > this.#limit) {
      this.close();
      renameSync(this.#path, `${this.#path}.1`);
    }
    if (this.#descriptor === undefined) {
      this.#descriptor = openSync(this.#path, 'a', 0o600);
      this.#bytes = fstatSync(this.#descriptor).size;
    }
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    this.#bytes += bytes.length;
  }
}
