/** A System whose standard streams are watched terminals or pipes. */
import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { nodeSystem } from '../../src/system/node.ts';
import type { System } from '../../src/system/system.ts';

// The console of the test runner lacks the constructor that Ink keeps console output apart with.
console.Console ??= Console;

const isTerminal = { isTTY: true, columns: 80, rows: 24 };

export interface Watched {
  readonly system: System;
  /** Everything written so far. */
  stdout(): string;
  stderr(): string;
  /** The writes to stderr, one by one. */
  readonly writes: readonly string[];
  press(key: string): void;
  resize(columns: number): void;
}

function watched(stream: PassThrough): string[] {
  const texts: string[] = [];
  stream.on('data', (chunk: Buffer) => texts.push(chunk.toString()));
  return texts;
}

export function watchedSystem({ tty = false, env = {} }: { tty?: boolean; env?: System['env'] } = {}): Watched {
  const real = nodeSystem();
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const [out, writes] = [watched(stdout), watched(stderr)];
  if (tty) {
    Object.assign(stderr, isTerminal);
    Object.assign(stdout, isTerminal);
    Object.assign(stdin, { isTTY: true, setRawMode: () => stdin, ref: () => stdin, unref: () => stdin });
  }
  const system = Object.assign(Object.create(real) as System, { env: { LANG: 'C.UTF-8', ...env }, clock: real.clock });
  for (const [name, value] of Object.entries({ stdin, stdout, stderr })) Object.defineProperty(system, name, { value });
  return {
    system,
    stdout: () => out.join(''),
    stderr: () => writes.join(''),
    writes,
    press: (key) => void stdin.write(key),
    resize: (columns) => {
      Object.assign(stderr, { columns });
      stderr.emit('resize');
    },
  };
}
