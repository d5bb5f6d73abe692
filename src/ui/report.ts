/** What is written to stderr for an error that ends opta. */
import { failureOf } from '../engine/failure.ts';
import { InvalidInput } from '../errors.ts';
import type { System } from '../system/system.ts';
import { formatFailure, formatFinding } from './errors.ts';
import { themeOf } from './theme.ts';

/** The text of `error`, with a line end: every finding of an InvalidInput, else one block. OPTA_DEBUG adds the stack of a bug. */
export function reportFailure(error: unknown, system: Pick<System, 'env' | 'platform' | 'stderr'>): string {
  const theme = themeOf(system, system.stderr);
  const look = { theme, width: Math.min(system.stderr.columns || 100, 200) };
  const blocks =
    error instanceof InvalidInput && error.diagnostics.length > 0
      ? [...error.diagnostics.map((found) => formatFinding(found, look)), error.message]
      : [formatFailure(failureOf(error, { debug: Boolean(system.env.OPTA_DEBUG) }), look)];
  return `${blocks.join('\n\n')}\n`;
}
