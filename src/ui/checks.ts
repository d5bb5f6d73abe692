/** Checks as lines, grouped, with what to read and what would mend them. */
import { type Checked, isSound, type Verdict } from '../engine/check.ts';
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
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

const fixOf = (verdict: Verdict): readonly (readonly string[])[] =>
  verdict.state === 'failed' ? (verdict.fix?.commands ?? []) : [];

const hintOf = (id: string): string => `docs/doctor.md#${id}`;

/** Everything, with its line end. */
export function formatChecks(all: readonly Checked[], theme: Theme): string {
  const categories = [...new Set(all.map(({ check }) => check.category))];
  const groups = categories.map((category) => {
    const lines = all.filter(({ check }) => check.category === category).flatMap((one) => linesOf(one, theme));
    return [paint(theme, 'strong', category), ...lines].join('\n');
  });
  return `${[...groups, summaryOf(all)].join('\n\n')}\n`;
}

function linesOf(one: Checked, theme: Theme): string[] {
  const { check, verdict } = one;
  const [drawn, ascii, style] = marks[kindOf(one)];
  const mark = paint(theme, style, theme.unicode ? drawn : ascii);
  const hint = symbol(theme, 'hint');
  if (verdict.state !== 'failed') {
    const says = verdict.says === undefined ? '' : paint(theme, 'dim', `  ${verdict.says}`);
    return [`${mark} ${check.title}${says}`];
  }
  return [
    `${mark} ${check.title}`,
    `    ${verdict.says}`,
    ...fixOf(verdict).map((argv) => `    ${hint} ${commandLine(argv)}`),
    paint(theme, 'dim', `    see ${hintOf(check.id)}`),
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
