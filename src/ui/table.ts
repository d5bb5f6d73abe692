/** Columns of text, as wide as their widest cell; empty columns are left out. */
import { cut, widthOf } from './text.ts';
import { plainTheme } from './theme.ts';

/** Lines with their ends. `columns` is the width that no line exceeds; undefined when it is unknown, as in a pipe. */
export function table(rows: readonly (readonly string[])[], columns?: number): string {
  const used = (rows[0] ?? []).map((_, at) => rows.slice(1).some((row) => row[at] !== ''));
  const kept = rows.map((row) => row.filter((_, at) => used[at]));
  const widths = (kept[0] ?? []).map((_, at) => Math.max(...kept.map((row) => widthOf(row[at] ?? ''))));
  const lines = kept.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${columns === undefined ? line : cut(plainTheme, line, columns)}\n`).join('');
}
