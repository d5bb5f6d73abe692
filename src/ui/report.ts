/** What main.ts says of an error that ended a command, once. */

import { formatDiagnostics } from '../app/diagnostics.ts';
import type { Event } from '../engine/event.ts';
import { failureOf } from '../engine/failure.ts';
import { type Diagnostic, InvalidInput } from '../errors.ts';
import type { System } from '../system/system.ts';
import { formatFailure } from './errors.ts';
import { ndjson } from './json.ts';
import { wrapped } from './text.ts';
import { themeOf } from './theme.ts';

/** Text for standard error, with its line end. */
export function reportFailure(error: unknown, system: System): string {
  const { env, stderr, cwd } = system;
  if (error instanceof InvalidInput) {
    const color = stderr.isTTY === true && !env['NO_COLOR'];
    return wrapped(`${formatDiagnostics(error.diagnostics, { color, directory: cwd })}\n`, stderr.columns);
  }
  const failure = failureOf(error, { debug: env['OPTA_DEBUG'] === '1' });
  return wrapped(`${formatFailure(failure, { theme: themeOf(system, stderr), directory: cwd })}\n`, stderr.columns);
}

/** The same as events, one JSON object a line: each finding, then the end of a run that never began. */
export function failureLines(error: unknown, { clock, env }: System): string {
  const { code, message, hints, detail, place } = failureOf(error, { debug: env['OPTA_DEBUG'] === '1' });
  const found: readonly Diagnostic[] =
    error instanceof InvalidInput
      ? error.diagnostics
      : [{ severity: 'error', code, message: [message, ...detail].join('\n'), hints, ...(place && { place }) }];
  const at = clock.now();
  const events: readonly Event[] = [
    ...found.map((diagnostic): Event => ({ at, type: 'diagnostic', diagnostic })),
    { at, type: 'end', outcome: 'failed', ms: 0, criticalPath: [] },
  ];
  return events.map(ndjson).join('');
}
