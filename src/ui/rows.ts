/** What each step and service says in its line, and how the lines share the width. Pure. */
import { hasEnded, type Picture, type ServiceRow, type StepRow, waitsFor } from '../engine/picture.ts';
import { counted, duration, growing } from './figures.ts';
import { cut, padded, widthOf } from './text.ts';
import { linked, markOf, paint, type State, type Style, type Theme } from './theme.ts';

export interface Cells {
  readonly id: string;
  readonly state: State;
  readonly name: string;
  /** The state in a word. */
  readonly word: string;
  readonly why: string;
  readonly replicas: string;
  readonly time: string;
  readonly url: string;
}

/** Widths of the columns; 0 leaves a column out. `why` takes what the others leave. */
export interface Columns {
  readonly name: number;
  readonly word: number;
  readonly why: number;
  readonly replicas: number;
  readonly time: number;
  readonly url: number;
}

/** Below this many columns a row has no word for its state when it has a reason. */
const narrow = 60;
const gap = 2;

function whyOfStep(picture: Picture, row: StepRow): string {
  if (row.state === 'pending') {
    const [first, ...others] = waitsFor(picture, row);
    if (!first) return row.why ?? '';
    return `after: ${first.title}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
  }
  const count = row.count && !hasEnded(row) ? counted(row.count) : '';
  return [row.why ?? row.failure?.message ?? '', count].filter((part) => part !== '').join(', ');
}

export function stepCells(picture: Picture, row: StepRow, now: number): Cells {
  const time = row.ms !== undefined ? duration(row.ms) : row.since !== undefined ? growing(now - row.since) : '';
  const word = row.state === 'pending' ? 'waiting' : row.state;
  return {
    id: row.id,
    state: row.state,
    name: row.title,
    word,
    why: whyOfStep(picture, row),
    replicas: '',
    time,
    url: '',
  };
}

export function serviceCells(row: ServiceRow, now: number): Cells {
  const over = row.state === 'stopped' || row.state === 'failed';
  const time = row.ms !== undefined ? duration(row.ms) : over ? '' : growing(now - row.since);
  const restarts = row.restarts > 0 ? `restarted ${row.restarts === 1 ? 'once' : `${row.restarts} times`}` : '';
  return {
    id: row.id,
    state: row.state,
    name: row.id,
    word: row.state,
    why: [row.why ?? '', restarts].filter((part) => part !== '').join(', '),
    replicas: row.wanted > 0 ? `${row.ready}/${row.wanted}` : '',
    time,
    url: row.url ?? '',
  };
}

/** Shares `width` out among the columns of `rows`. */
export function columnsOf(rows: readonly Cells[], width: number): Columns {
  const widest = (cell: (row: Cells) => string) => rows.reduce((most, row) => Math.max(most, widthOf(cell(row))), 0);
  const name = Math.min(
    widest((row) => row.name),
    Math.max(12, Math.floor(width * 0.4)),
  );
  const word = width < narrow ? 0 : widest((row) => row.word);
  const replicas = widest((row) => row.replicas);
  const time = Math.max(
    4,
    widest((row) => row.time),
  );
  const taken = [2 + name, word, replicas, time].reduce((sum, column) => sum + (column > 0 ? column + gap : 0), -gap);
  const wanted = widest((row) => row.url);
  const url = wanted > 0 && width - taken - wanted - 2 * gap >= 16 ? wanted : 0;
  const why = Math.max(0, width - taken - gap - (url > 0 ? url + gap : 0));
  return { name, word, why, replicas, time, url };
}

/** One line; exactly as wide as its columns, but for the URL at its end. */
export function rowText(cells: Cells, columns: Columns, theme: Theme): string {
  const { mark, style } = markOf(theme, cells.state);
  const why = columns.word === 0 ? cells.why || cells.word : cells.why;
  const loud = style === 'bad' || style === 'warn';
  const quiet = cells.state === 'pending';
  // Spaces are not painted, so that those at the end are cut off.
  const part = (text: string, width: number, painted?: Style, side?: 'right') => {
    const cell = padded(theme, text, width, side);
    const said = cell.trim();
    return cell.replace(said, () => paint(theme, painted, said));
  };
  const parts = [
    part(cells.name, columns.name, quiet ? 'dim' : undefined),
    part(cells.word, columns.word, style),
    part(why, columns.why, loud ? style : 'dim'),
    part(cells.replicas, columns.replicas, undefined, 'right'),
    part(cells.time, columns.time, 'dim', 'right'),
  ];
  const widths = [columns.name, columns.word, columns.why, columns.replicas, columns.time];
  const url = columns.url > 0 && cells.url ? [linked(theme, cells.url, cells.url)] : [];
  const line = [...parts.filter((_, at) => (widths[at] ?? 0) > 0), ...url].join(' '.repeat(gap));
  return `${paint(theme, style, mark)} ${line}`.trimEnd();
}

/** The line of a step that has ended, which stays above the table: mark, title, reason, duration at the right end. */
export function endedText(cells: Cells, width: number, theme: Theme): string {
  const { mark, style } = markOf(theme, cells.state);
  const room = width - 2 - gap - widthOf(cells.time);
  const word = cells.state === 'done' ? '' : `  ${cells.word}`;
  const name = cut(theme, cells.name, room - word.length);
  const fill = ' '.repeat(Math.max(0, room - widthOf(name) - word.length));
  const time = paint(theme, 'dim', cells.time);
  return `${paint(theme, style, mark)} ${name}${paint(theme, style, word)}${fill}${' '.repeat(gap)}${time}`;
}
