/** Failures and findings as text, in the one look of `validate`: code, place with its source line, what to do. */
import { formatDiagnostic } from '../app/diagnostics.ts';
import { clean } from '../engine/clean.ts';
import type { Failure } from '../engine/event.ts';
import type { Diagnostic } from '../errors.ts';
import { paint, plainTheme, type Theme } from './theme.ts';

export interface FailureLook {
  readonly theme?: Theme;
  /** Files below it are named relative to it. */
  readonly directory?: string;
  /** How many lines of the detail are shown, the last ones before others; all without it. */
  readonly detail?: number;
}

const indented = (text: string) => `  ${clean(text).replaceAll('\n', '\n  ')}`;

function head({ code, message, place }: Failure, theme: Theme, directory: string | undefined): string {
  const [first = '', ...rest] = clean(message).split('\n');
  const found = { severity: 'error', message: first, hints: [], ...(place && { place }) } as const;
  const text =
    code === 'bug'
      ? `${paint(theme, 'bad', 'bug in opta')} ${paint(theme, 'strong', first)}`
      : formatFinding({ ...found, code }, { theme, ...(directory !== undefined && { directory }) });
  return [text, ...rest.map(indented)].join('\n');
}

const isFrame = (line: string | undefined) => line !== undefined && /^\s+at /.test(line);

/** At most `most` lines: what an error says comes before its stack, of which one line tells where. */
function shortened(detail: readonly string[], most: number): readonly string[] {
  if (detail.length <= most) return detail;
  const words = detail.filter((line, index) => line.trim() !== '' && !(isFrame(line) && isFrame(detail[index - 1])));
  return words.slice(-most);
}

/** The block that tells a failure, without a line end after it. */
export function formatFailure(failure: Failure, look: FailureLook = {}): string {
  const { theme = plainTheme, directory } = look;
  const { code, hints } = failure;
  const detail = look.detail === undefined ? failure.detail : shortened(failure.detail, look.detail);
  const label = code === 'bug' ? '' : `${paint(theme, 'dim', 'fix:')} `;
  return [
    head(failure, theme, directory),
    ...detail.map((line) => paint(theme, 'dim', indented(line))),
    ...hints.map((hint) => `  ${label}${clean(hint).replaceAll('\n', '\n       ')}`),
    ...(code === 'bug' ? [] : [paint(theme, 'dim', `  see docs/errors.md#${code}`)]),
  ].join('\n');
}

/** The block that tells one finding about the user's input, without a line end after it. */
export function formatFinding(found: Diagnostic, { theme = plainTheme, directory }: FailureLook = {}): string {
  const { place } = found;
  const named = place ? { ...found, place: { ...place, file: clean(place.file) } } : found;
  return formatDiagnostic(named, { color: theme.color, ...(directory !== undefined && { directory }) });
}
