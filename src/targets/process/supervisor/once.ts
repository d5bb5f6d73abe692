/** Runs a program once, to its end, under the same ledger, logs and stop as everything else. */
import type { ProgramSpec } from '../spec.ts';
import { choosePorts, startInstance } from './instance.ts';
import type { World } from './world.ts';

export interface RanOnce {
  /** undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Why it could not be started. */
  readonly error?: string;
  /** Its last lines, without secrets. */
  readonly lines: readonly string[];
}

export interface OnceOptions {
  readonly force: AbortSignal;
  /** Aborting stops it with its signal and grace. */
  readonly signal: AbortSignal;
  readonly replica?: number;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr' | 'opta') => void;
}

/** Resolves when nothing of its process group is left. */
export async function runToEnd(world: World, spec: ProgramSpec, options: OnceOptions): Promise<RanOnce> {
  const { signal, force, onLine, replica = 0 } = options;
  const heard: World = {
    ...world,
    log(id, index, stream, lines) {
      world.log(id, index, stream, lines);
      for (const line of lines) onLine?.(line, stream);
    },
  };
  const ports = await choosePorts(world, spec);
  signal.throwIfAborted();
  const instance = startInstance(heard, spec, replica, ports);
  const stop = () => void instance.stop(force);
  signal.addEventListener('abort', stop, { once: true });
  const ended = await instance.ended;
  await instance.gone;
  signal.removeEventListener('abort', stop);
  const { code, signal: by, error } = ended;
  return { code, signal: by, lines: instance.lastLines(), ...(error ? { error: error.message } : {}) };
}
