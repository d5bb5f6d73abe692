/** Columns of text, as wide as their widest cell; empty columns are left out. */
import { cut, hung, widthOf } from './text.ts';
import { plainTheme } from './theme.ts';

const gap = 2;
const indent = 4;

/**
 * Lines with their ends. `columns` is the width that no line exceeds; undefined when it is unknown, as in a pipe. Columns that
 * do not fit go on below their row, each cell behind its head, so that nothing of them is lost.
 */
export function table(rows: readonly (readonly string[])[], columns = Number.POSITIVE_INFINITY): string {
  const used = (rows[0] ?? []).map((_, at) => rows.slice(1).some((row) => row[at] !== ''));
  const kept = rows.map((row) => row.filter((_, at) => used[at]));
  const heads = kept[0] ?? [];
  const widths = heads.map((_, at) => Math.max(...kept.map((row) => widthOf(row[at] ?? ''))));
  const beside = fitting(widths, columns);
  const lines = kept.flatMap((row, at) => {
    const line = row
      .slice(0, beside)
      .map((cell, place) => cell + ' '.repeat((widths[place] ?? 0) - widthOf(cell)))
      .join(' '.repeat(gap))
      .trimEnd();
    return [cut(plainTheme, line, columns), ...(at === 0 ? [] : below(row, heads, beside, columns))];
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** How many columns from the first on fit beside each other. */
function fitting(widths: readonly number[], columns: number): number {
  let [width, count] = [-gap, 0];
  for (const one of widths) {
    width += gap + one;
    if (width > columns) break;
    count += 1;
  }
  return Math.max(1, count);
}

/** What of a row stands below it. An address needs no head to be known for one. */
function below(row: readonly string[], heads: readonly string[], beside: number, columns: number): readonly string[] {
  const cells = row.flatMap((cell, at) => {
    const head = heads[at] ?? '';
    if (at < beside || cell === '') return [];
    return [head === '' || cell.includes('://') ? cell : `${head} ${cell}`];
  });
  return cells.length === 0 ? [] : hung(' '.repeat(indent), cells.join(' '.repeat(gap)), columns, indent);
}
