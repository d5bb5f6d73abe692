/** Failures and diagnostics as text: code, place with its source line, what to do. They may quote anything, so they are cleaned. */
import { clean } from '../engine/clean.ts';
import type { Failure } from '../engine/event.ts';
import type { Diagnostic, Severity } from '../errors.ts';
import { formatPlace } from './excerpt.ts';
import { paint, plainTheme, type Style, symbol, type Theme } from './theme.ts';

export interface FailureLook {
  readonly theme?: Theme;
  /** Columns; a longer source line is cut to it. */
  readonly width?: number;
  /** How many of the detail's last lines are shown; all without it. */
  readonly detail?: number;
}

const styles: { readonly [K in Severity]: Style } = { error: 'bad', warning: 'warn', notice: 'busy' };

function head(severity: Severity, code: string, message: string, theme: Theme): string {
  const [first = '', ...rest] = clean(message).split('\n');
  const label = code === 'bug' ? 'bug in opta' : `${severity}[${code}]`;
  return [
    `${paint(theme, styles[severity], label)}: ${paint(theme, 'strong', first)}`,
    ...rest.map((line) => `  ${line}`),
  ].join('\n');
}

function hintLines(hints: readonly string[], theme: Theme): string[] {
  const arrow = symbol(theme, 'hint');
  return hints.map(
    (hint) => `  ${paint(theme, 'good', arrow)} ${clean(hint).replaceAll('\n', `\n  ${' '.repeat(arrow.length)} `)}`,
  );
}

/** The block that tells a failure, without a line end after it. */
export function formatFailure(failure: Failure, look: FailureLook = {}): string {
  const { theme = plainTheme, width = 100 } = look;
  const detail = look.detail === undefined ? failure.detail : failure.detail.slice(-look.detail);
  const docs = failure.code === 'bug' ? [] : [paint(theme, 'dim', `  docs/errors.md#${failure.code}`)];
  return [
    head('error', failure.code, failure.message, theme),
    ...(failure.place ? formatPlace(failure.place, 'bad', theme, width) : []),
    ...detail.flatMap((text) => clean(text).split('\n')).map((line) => `  ${paint(theme, 'dim', line)}`),
    ...hintLines(failure.hints, theme),
    ...docs,
  ].join('\n');
}

/** The block that tells one finding about the user's input, without a line end after it. */
export function formatFinding(found: Diagnostic, look: FailureLook = {}): string {
  const { theme = plainTheme, width = 100 } = look;
  return [
    head(found.severity, found.code, found.message, theme),
    ...(found.place ? formatPlace(found.place, styles[found.severity], theme, width) : []),
    ...hintLines(found.hints, theme),
  ].join('\n');
}
