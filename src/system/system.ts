/** The only door to processes, clock, environment and network. Files are used directly: tests give real temporary folders. */
import type { Readable, Writable } from 'node:stream';

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Milliseconds from an arbitrary origin, never going back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `act` once after `ms`; the returned function cancels. */
  after(ms: number, act: () => void): () => void;
  /** Calls `act` each `ms`; the returned function stops it. */
  every(ms: number, act: () => void): () => void;
}

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment of the child; without it, this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Each line of output as it arrives, without its line end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** What a finished command left. `code` is undefined when a signal ended it. */
export interface Finished {
  readonly argv: readonly string[];
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A process group (and session) of its own. */
  readonly detached?: boolean;
  /** stdin, stdout, stderr, then further descriptors; a number is an open file descriptor to inherit. */
  readonly stdio?: readonly ('pipe' | 'ignore' | 'inherit' | 'ipc' | number)[];
}

/** A running child. `ended` resolves for every end, never rejects; a failure to start is `error`. */
export interface Running {
  readonly pid: number | undefined;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  readonly ended: Promise<{ code: number | undefined; signal: string | undefined; error?: Error }>;
  kill(signal: NodeJS.Signals): void;
  /** Sends over the 'ipc' channel; throws when there is none. */
  send(message: unknown): void;
  onMessage(act: (message: unknown) => void): void;
  /** Closes the 'ipc' channel, so that a child that waits on it ends; nothing when there is none. */
  disconnect(): void;
  /** Lets this process end while the child goes on. */
  unref(): void;
}

export interface Marked {
  readonly pid: number;
  readonly parent: number;
  /** Of the variable. */
  readonly value: string;
}

export interface Processes {
  /** Runs argv to its end, without a shell. Rejects only when it cannot be started or is aborted. */
  run(argv: readonly string[], options?: RunOptions): Promise<Finished>;
  spawn(argv: readonly string[], options?: SpawnOptions): Running;
  /** Sends a signal; a negative pid is a process group; signal 0 asks. False when there is no such process. */
  signal(pid: number, signal: NodeJS.Signals | 0): boolean;
  /** A text that tells this life of a pid from another one with the same number; undefined when it does not run. */
  startTime(pid: number): string | undefined;
  /** Our own user's processes that were started with this variable, and all that they started. Linux only: else none. */
  startedWith(variable: string): readonly Marked[];
  /** The full path of an executable on `path` (default: PATH of `env`). */
  which(name: string, path?: string): string | undefined;
}

export interface Network {
  /** True when 127.0.0.1:`port` can be bound now. Throws the system error (EACCES) when it may not. */
  canListen(port: number): Promise<boolean>;
  /** A free port on 127.0.0.1, not handed out by this System before. */
  freePort(): Promise<number>;
  /** True when something accepts a connection on 127.0.0.1:`port`. */
  accepts(port: number, timeoutMs?: number): Promise<boolean>;
}

export interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** undefined on Windows. */
  readonly uid: number | undefined;
  readonly pid: number;
  /** The Node binary that runs opta. */
  readonly node: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly network: Network;
}
