/** What main.ts says of an error that ended a command, once. */

import { formatDiagnostics } from '../app/diagnostics.ts';
import { failureOf } from '../engine/failure.ts';
import { InvalidInput } from '../errors.ts';
import type { System } from '../system/system.ts';
import { formatFailure } from './errors.ts';
import { themeOf } from './theme.ts';

/** Text for standard error, with its line end. */
export function reportFailure(error: unknown, system: System): string {
  const { env, stderr, cwd } = system;
  if (error instanceof InvalidInput) {
    const color = stderr.isTTY === true && !env['NO_COLOR'];
    return `${formatDiagnostics(error.diagnostics, { color, directory: cwd })}\n`;
  }
  const failure = failureOf(error, { debug: env['OPTA_DEBUG'] === '1' });
  return `${formatFailure(failure, { theme: themeOf(system, stderr), directory: cwd })}\n`;
}
