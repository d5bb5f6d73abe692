/** Checks as lines, grouped, with what to read and what would mend them. */
import { quoted } from '../app/shell-words.ts';
import { type Checked, isSound, type Verdict } from '../engine/check.ts';
import { hung, widthOf } from './text.ts';
import { paint, type Style, symbol, type Theme } from './theme.ts';

/** Mark, its ASCII form and its style. */
const marks = {
  ok: ['√', '+', 'good'],
  fatal: ['×', 'x', 'bad'],
  warning: ['‼', '!', 'warn'],
  skipped: ['-', '-', 'dim'],
} as const satisfies Record<string, readonly [string, string, Style]>;

const kindOf = ({ check, verdict }: Checked): keyof typeof marks =>
  verdict.state === 'failed' ? check.severity : verdict.state;

/** argv as one would type it. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(quoted).join(' ');
}

/**
 * argv as a shell takes it from several lines, each of which ends with a backslash but the last. A command with a word that
 * fits in no line stays whole: what the terminal wraps can be pasted too.
 */
function commandLines(argv: readonly string[], first: string, columns: number, indent: number): readonly string[] {
  const whole = first + commandLine(argv);
  const [room, words] = [columns - 2, argv.map(quoted)];
  if (widthOf(whole) <= columns || words.some((word) => widthOf(word) > room)) return [whole];
  const lines: string[] = [];
  let line = first.trimEnd();
  for (const word of words) {
    if (widthOf(`${line} ${word}`) <= room) line += ` ${word}`;
    else {
      lines.push(`${line} \\`);
      line = ' '.repeat(indent + widthOf(word) <= room ? indent : 0) + word;
    }
  }
  return [...lines, line];
}

const fixOf = (verdict: Verdict): readonly (readonly string[])[] =>
  verdict.state === 'failed' ? (verdict.fix?.commands ?? []) : [];

const hintOf = (id: string): string => `docs/doctor.md#${id}`;

/** Everything, with its line end. `columns` is the width of the terminal; undefined in a pipe. */
export function formatChecks(all: readonly Checked[], theme: Theme, columns = Number.POSITIVE_INFINITY): string {
  const categories = [...new Set(all.map(({ check }) => check.category))];
  const groups = categories.map((category) => {
    const lines = all.filter(({ check }) => check.category === category).flatMap((one) => linesOf(one, theme, columns));
    return [paint(theme, 'strong', category), ...lines].join('\n');
  });
  return `${[...groups, hung('', summaryOf(all), columns, 2).join('\n')].join('\n\n')}\n`;
}

const indent = 4;

function linesOf(one: Checked, theme: Theme, columns: number): string[] {
  const { check, verdict } = one;
  const [drawn, ascii, style] = marks[kindOf(one)];
  const mark = paint(theme, style, theme.unicode ? drawn : ascii);
  const title = hung(`${mark} `, check.title, columns, 2);
  const more = (text: string) => hung(' '.repeat(indent), text, columns, indent);
  if (verdict.state !== 'failed') {
    if (verdict.says === undefined) return title;
    const beside = `${mark} ${check.title}  ${paint(theme, 'dim', verdict.says)}`;
    return widthOf(beside) <= columns
      ? [beside]
      : [...title, ...more(verdict.says).map((line) => paint(theme, 'dim', line))];
  }
  const hint = `${' '.repeat(indent)}${symbol(theme, 'hint')} `;
  return [
    ...title,
    ...more(verdict.says),
    ...fixOf(verdict).flatMap((argv) => commandLines(argv, hint, columns, indent + 2)),
    ...more(`see ${hintOf(check.id)}`).map((line) => paint(theme, 'dim', line)),
  ];
}

function summaryOf(all: readonly Checked[]): string {
  const count = (kind: keyof typeof marks) => all.filter((one) => kindOf(one) === kind).length;
  const parts = [
    `${count('ok')} true`,
    `${count('fatal')} failed`,
    `${count('warning')} to look at`,
    `${count('skipped')} skipped`,
  ];
  const fixable = all.some(({ verdict }) => fixOf(verdict).length > 0);
  return `${parts.join(', ')}${fixable ? '; `opta doctor --fix` runs the commands above' : ''}`;
}

/** For `--json`: every check with its verdict. */
export function checksJson(all: readonly Checked[]): object {
  return {
    sound: isSound(all),
    checks: all.map(({ check: { id, category, title, severity }, verdict, ms }) => ({
      ...{ id, category, title, severity, ms, hint: hintOf(id) },
      ...verdict,
    })),
  };
}
