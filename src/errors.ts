/** Errors that a user can act on: a stable code, a place, and what to do next. Anything else thrown is a bug. */
import type { ErrorCode } from './error-codes.ts';

export type { ErrorCode } from './error-codes.ts';

/** A position in a file the user wrote. `line` and `column` count from 1; `length` is in characters. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length?: number;
  /** The text of the line, without its line end. */
  readonly source?: string;
}

export type Severity = 'error' | 'warning' | 'notice';

/** One finding about the user's input. Every problem of a run is collected before any is reported. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: ErrorCode;
  readonly message: string;
  readonly place?: Place;
  /** What to do, most likely first; each is one sentence. */
  readonly hints: readonly string[];
}

export interface UserErrorOptions {
  readonly place?: Place | undefined;
  readonly hints?: readonly string[];
  /** Context to show below the message, such as a process's last log lines. */
  readonly detail?: readonly string[];
  readonly cause?: unknown;
  /** 1 failed (default), 2 usage. */
  readonly exitCode?: 1 | 2;
}

/** A failure with a remedy. Reported once, in main.ts. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  readonly place: Place | undefined;
  readonly hints: readonly string[];
  readonly detail: readonly string[];
  readonly exitCode: 1 | 2;

  constructor(code: ErrorCode, message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.place = options.place;
    this.hints = options.hints ?? [];
    this.detail = options.detail ?? [];
    this.exitCode = options.exitCode ?? 1;
  }
}

/** All problems of the user's files at once. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((d) => d.severity === 'error').length;
    super(`${errors} ${errors === 1 ? 'problem' : 'problems'}`);
    this.diagnostics = diagnostics;
  }
}

const fileCalls =
  /^(access|chmod|copyfile|fdatasync|fsync|lstat|mkdir|mkdtemp|open|readlink|rename|rm|rmdir|scandir|stat|unlink|utime|write)$/;

const fileTroubles: Readonly<Record<string, string>> = {
  EACCES: 'may not be read or written by this user',
  EPERM: 'may not be read or written by this user',
  EROFS: 'is on a read-only file system',
  EEXIST: 'is a file where a folder is needed',
  ENOTDIR: 'is a file where a folder is needed, or lies below one',
};

/** `disk-full` or `folder-not-writable` for what the operating system said of a file; any other error as it is. */
export function asFileError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '', path, syscall = '' } = error as NodeJS.ErrnoException;
  if (!fileCalls.test(syscall)) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError('disk-full', `the disk of ${path ?? 'this project or of the caches'} is full (${code})`, {
      hints: ['Free space, then run it again: what is done stays done.'],
      cause: error,
    });
  }
  const trouble = fileTroubles[code];
  if (trouble === undefined || path === undefined) return error;
  return new UserError('folder-not-writable', `${path} ${trouble} (${code})`, {
    hints: ['Make it a folder that your user can write, or remove what stands there.'],
    cause: error,
  });
}
