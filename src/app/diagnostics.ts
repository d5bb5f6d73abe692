/** Findings as text: where, the line itself, a caret, a stable code, and what to do. */
import type { Diagnostic, Place, Severity } from '../errors.ts';

export interface FormatOptions {
  readonly color?: boolean;
  /** Paths below it are shown relative to it. */
  readonly directory?: string;
}

const colors: Record<Severity, string> = { error: '\u001b[31m', warning: '\u001b[33m', notice: '\u001b[36m' };
const bold = '\u001b[1m';
const dim = '\u001b[2m';
const reset = '\u001b[0m';

/** Longest source line that is shown whole, in characters. */
const widest = 120;

/** One finding; several lines, no newline at the end. */
export function formatDiagnostic(diagnostic: Diagnostic, options: FormatOptions = {}): string {
  const paint = (style: string, text: string) => (options.color === true ? `${style}${text}${reset}` : text);
  const { severity, code, message, place, hints } = diagnostic;
  const [first = '', ...rest] = message.split('\n');
  const lines = [
    `${paint(colors[severity] + bold, `${severity}[${code}]`)} ${paint(bold, clean(first))}`,
    ...rest.map((line) => `  ${clean(line.trimStart())}`),
  ];
  if (place !== undefined)
    lines.push(
      ...placeLines(
        place,
        options,
        (text) => paint(colors[severity], text),
        (text) => paint(dim, text),
      ),
    );
  for (const hint of hints) lines.push(`  ${paint(dim, 'fix:')} ${clean(hint)}`);
  return lines.join('\n');
}

const order: readonly Severity[] = ['error', 'warning', 'notice'];

/** Errors first; those of one file from its top to its end, findings without a place before all. */
function sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => {
    const rank = order.indexOf(a.severity) - order.indexOf(b.severity);
    if (rank !== 0 || a.place === undefined || b.place === undefined)
      return rank || Number(a.place !== undefined) - Number(b.place !== undefined);
    if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
    return a.place.line - b.place.line || a.place.column - b.place.column;
  });
}

/** All findings, errors first, each with an empty line after it but the last. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatOptions = {}): string {
  return sorted(diagnostics)
    .map((diagnostic) => formatDiagnostic(diagnostic, options))
    .join('\n\n');
}

/** Findings as plain JSON, as `--json` prints them. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): {
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
} {
  return { ok: diagnostics.every((d) => d.severity !== 'error'), diagnostics: sorted(diagnostics) };
}

/** `file:line:column`, relative to a folder where it is below it. */
export function formatPlace(place: Place, directory?: string): string {
  const prefix = directory === undefined ? undefined : directory.endsWith('/') ? directory : `${directory}/`;
  const file = prefix !== undefined && place.file.startsWith(prefix) ? place.file.slice(prefix.length) : place.file;
  return `${file}:${place.line}:${place.column}`;
}

function placeLines(
  place: Place,
  options: FormatOptions,
  strong: (text: string) => string,
  weak: (text: string) => string,
): string[] {
  const lines = [`  ${weak('-->')} ${formatPlace(place, options.directory)}`];
  if (place.source === undefined || place.source.trim() === '') return lines;
  const number = String(place.line);
  const gutter = ' '.repeat(number.length);
  const { text, column } = windowOf(clean(place.source), place.column);
  const carets = '^'.repeat(Math.max(1, Math.min(place.length ?? 1, text.length - column + 1)));
  lines.push(`  ${weak(`${number} |`)} ${text}`, `  ${weak(`${gutter} |`)} ${' '.repeat(column - 1)}${strong(carets)}`);
  return lines;
}

/** The part of a long line around the column. */
function windowOf(text: string, column: number): { text: string; column: number } {
  if (text.length <= widest) return { text, column: Math.min(column, text.length + 1) };
  const start = Math.max(0, Math.min(column - 1 - widest / 2, text.length - widest));
  const lead = start > 0 ? '...' : '';
  const part = text.slice(start, start + widest);
  return { text: `${lead}${part}${start + widest < text.length ? '...' : ''}`, column: column - start + lead.length };
}

/** No control character of a file reaches the terminal; a tab is one space, so that the caret stays in its column. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/\t/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
