/** Failures as data on the control socket, and as errors again at its other end. */
import type { Failure } from '../../../engine/event.ts';
import { asFileError, UserError } from '../../../errors.ts';

export function failureOf(thrown: unknown): Failure {
  const error = asFileError(thrown);
  if (error instanceof UserError) {
    const { code, message, hints, detail, place } = error;
    return { code, message, hints, detail, ...(place ? { place } : {}) };
  }
  const detail = error instanceof Error && error.stack ? error.stack.split('\n').slice(1) : [];
  return { code: 'bug', message: error instanceof Error ? error.message : String(error), hints: [], detail };
}

/** What everybody is told who still wants something of a supervisor that is on its way out. */
export function stoppingError(): UserError {
  return new UserError('supervisor-stopping', 'this project was stopped by `opta dev down` or Ctrl-C elsewhere', {
    hints: ['Run `opta dev up` again once that has ended.'],
  });
}

export function errorOf(failure: Failure): Error {
  const { code, message, hints, detail, place } = failure;
  if (code === 'bug') return new Error(`in the supervisor: ${message}`, { cause: detail.join('\n') });
  return new UserError(code, message, { hints, detail, place });
}
