/** What went wrong, as the process that holds Pulumi tells it to its parent. */
import { UserError } from '../../../../errors.ts';
import type { Failure } from '../messages.ts';
import type { EngineFailed } from './command.ts';

/** An engine that a signal ended, whatever it was asked. */
const wasEnded = (error: Error): boolean => error.name === 'EngineFailed' && (error as EngineFailed).ended.code < 0;

export function failureOf(error: unknown): Failure {
  if (error instanceof UserError) {
    const message = [error.message, ...error.detail].join('\n');
    return { message, code: error.code, hints: error.hints };
  }
  if (!(error instanceof Error)) return { message: String(error) };
  if (wasEnded(error)) {
    const hints = ['Run the same command again: it settles what was left.'];
    return { message: `Pulumi's engine was ended from outside\n${error.message}`, code: 'stack-process-ended', hints };
  }
  return { message: error.message, ...(error.stack && { stack: error.stack }) };
}
