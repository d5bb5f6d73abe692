/** Failures and diagnostics as text: code, place with its source line, what to do. */
import type { Failure } from '../engine/event.ts';
import type { Diagnostic, Place, Severity } from '../errors.ts';
import { cut, widthOf } from './text.ts';
import { paint, plainTheme, type Style, symbol, type Theme } from './theme.ts';

export interface FailureLook {
  readonly theme?: Theme;
  /** Columns; source lines and details are cut to it. */
  readonly width?: number;
  /** How many of the detail's last lines are shown; all without it. */
  readonly detail?: number;
}

const styles: { readonly [K in Severity]: Style } = { error: 'bad', warning: 'warn', notice: 'busy' };

/** A part of a long line, so that the column that is meant stays visible. */
function around(source: string, column: number, room: number): { readonly text: string; readonly column: number } {
  if (widthOf(source) <= room || column <= room - 10) return { text: source, column };
  const from = Math.max(0, Math.min(column - 1 - Math.floor(room / 2), source.length - room));
  return { text: source.slice(from), column: column - from };
}

/** `--> file:line:column`, then the source line with carets under what is meant. */
export function formatPlace(
  place: Place,
  style: Style,
  { theme = plainTheme, width = 100 }: FailureLook = {},
): string[] {
  const number = String(place.line);
  const margin = ' '.repeat(number.length);
  const where = `${margin}${paint(theme, 'dim', '-->')} ${place.file}:${place.line}:${place.column}`;
  if (place.source === undefined) return [where];
  const rail = paint(theme, 'dim', symbol(theme, 'rail'));
  const room = Math.max(20, width - number.length - 3);
  const { text, column } = around(place.source.replaceAll('\t', ' '), place.column, room);
  const shown = cut(theme, text, room);
  const before = ' '.repeat(widthOf(text.slice(0, column - 1)));
  const carets = '^'.repeat(
    Math.max(1, Math.min(widthOf(text.slice(column - 1, column - 1 + (place.length ?? 1))), room - before.length)),
  );
  return [
    where,
    `${margin} ${rail}`,
    `${paint(theme, 'dim', number)} ${rail} ${shown}`,
    `${margin} ${rail} ${before}${paint(theme, style, carets)}`,
  ];
}

function head(severity: Severity, code: string, message: string, theme: Theme): string {
  const [first = '', ...rest] = message.split('\n');
  const label = code === 'bug' ? 'bug in opta' : `${severity}[${code}]`;
  return [
    `${paint(theme, styles[severity], label)}: ${paint(theme, 'strong', first)}`,
    ...rest.map((line) => `  ${line}`),
  ].join('\n');
}

function hintLines(hints: readonly string[], theme: Theme): string[] {
  const arrow = symbol(theme, 'hint');
  return hints.map(
    (hint) => `  ${paint(theme, 'good', arrow)} ${hint.replaceAll('\n', `\n  ${' '.repeat(arrow.length)} `)}`,
  );
}

/** The block that tells a failure, without a line end after it. */
export function formatFailure(failure: Failure, look: FailureLook = {}): string {
  const { theme = plainTheme, width = 100 } = look;
  const detail = look.detail === undefined ? failure.detail : failure.detail.slice(-look.detail);
  const docs = failure.code === 'bug' ? [] : [paint(theme, 'dim', `  docs/errors.md#${failure.code}`)];
  return [
    head('error', failure.code, failure.message, theme),
    ...(failure.place ? formatPlace(failure.place, 'bad', look) : []),
    ...detail
      .flatMap((text) => text.split('\n'))
      .map((line) => `  ${paint(theme, 'dim', cut(theme, line, width - 2))}`),
    ...hintLines(failure.hints, theme),
    ...docs,
  ].join('\n');
}

/** The block that tells one finding about the user's input, without a line end after it. */
export function formatFinding(found: Diagnostic, look: FailureLook = {}): string {
  const { theme = plainTheme } = look;
  return [
    head(found.severity, found.code, found.message, theme),
    ...(found.place ? formatPlace(found.place, styles[found.severity], look) : []),
    ...hintLines(found.hints, theme),
  ].join('\n');
}
