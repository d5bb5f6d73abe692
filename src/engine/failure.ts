/** Failures as data: what a thrown error says to the user. */
import { asFileError, InvalidInput, UserError } from '../errors.ts';
import type { Failure } from './event.ts';

function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : `thrown: ${String(error)}`;
  const inner = error instanceof AggregateError && error.message === '' ? error.errors.map(describe).join('; ') : '';
  const text = error.message || inner;
  if (text === '') return error.name;
  return error.name === 'Error' ? text : `${error.name}: ${text}`;
}

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  if (error.cause === undefined) return own;
  return [...own, `caused by ${describe(error.cause)}`, ...stackOf(error.cause)];
}

function ofInput(error: InvalidInput): Failure | undefined {
  const errors = error.diagnostics.filter((found) => found.severity === 'error');
  const first = errors[0];
  if (!first) return undefined;
  return {
    code: first.code,
    message: errors.length === 1 ? first.message : `${first.message} (and ${errors.length - 1} more)`,
    hints: first.hints,
    detail: errors.slice(1).map(({ place, code, message }) => {
      return `${place ? `${place.file}:${place.line}:${place.column}: ` : ''}error[${code}]: ${message}`;
    }),
    ...(first.place && { place: first.place }),
  };
}

/** The failure that an error stands for. Anything but a UserError, InvalidInput or a file in the way is a bug; its stack is told only under `debug`. */
export function failureOf(thrown: unknown, { debug = false }: { readonly debug?: boolean } = {}): Failure {
  const error = asFileError(thrown);
  if (error instanceof UserError) {
    const { code, message, hints, detail, place } = error;
    return { code, message, hints, detail, ...(place && { place }) };
  }
  const input = error instanceof InvalidInput ? ofInput(error) : undefined;
  if (input) return input;
  return {
    code: 'bug',
    message: describe(error),
    hints: debug
      ? []
      : ['This is a fault in opta, not in your files: run again with OPTA_DEBUG=1 and report what it says.'],
    detail: debug ? stackOf(error).map((line) => line.trim()) : [],
  };
}
