/** The text of one file and the places in it. */
import type { Place } from '../../errors.ts';

/** A file's text; offsets count UTF-16 units from its begin. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
}

/** From `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export function sourceOf(file: string, text: string): Source {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

/** The index in `lineStarts` of the line that holds `offset`. */
export function lineIndex(source: Source, offset: number): number {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The text of a line by its index, without its line end. */
export function lineText(source: Source, index: number): string {
  const start = source.lineStarts[index] ?? source.text.length;
  const next = source.lineStarts[index + 1];
  return source.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '');
}

/** The place of a range; a range over several lines is cut at the end of its first. */
export function placeOf(source: Source, range: Range): Place {
  const start = Math.min(Math.max(range.start, 0), source.text.length);
  const index = lineIndex(source, start);
  const text = lineText(source, index);
  const column = start - (source.lineStarts[index] ?? 0);
  const length = Math.max(1, Math.min(range.end - start, text.length - column));
  return { file: source.file, line: index + 1, column: column + 1, length, source: text };
}
