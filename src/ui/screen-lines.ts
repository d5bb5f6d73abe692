/** A frame of the screen as lines: never wider or higher than the terminal. Pure. */
import type { Picture } from '../engine/picture.ts';
import { closingLines, keyLines } from './below.ts';
import { type Frame, frameOf, type Size, type View } from './frame.ts';
import { logLines, paneLines } from './log-pane.ts';
import { rowText } from './rows.ts';
import { cut } from './text.ts';
import { paint, symbol, type Theme } from './theme.ts';
import { type Key, keyTitles } from './view-state.ts';

export interface Drawing {
  readonly picture: Picture;
  readonly view: View;
  readonly size: Size;
  /** Milliseconds since 1970 UTC, for durations that still grow. */
  readonly now: number;
  readonly theme: Theme;
  /** Keys beside those that are always there; absent when none can be read. */
  readonly keys?: readonly Key[];
}

/** Rows that are kept for the table, whatever else there is. */
const leastTable = 3;

export function screenLines({ picture, view, size, now, theme, keys }: Drawing): readonly string[] {
  const { width, height } = size;
  const keysBelow = after(keys ? keyLines(keyTitles(view, keys), width, theme) : []);
  // The last row of a terminal is never written to.
  const room = height - 1 - keysBelow.length;
  const closing = after(closingLines(picture, { width, rows: room - leastTable - 1 }, theme));
  const frame = frameOf(picture, view, { width, height: room - closing.length }, now);
  return [...tableLines(frame, width, theme), ...paneLines(frame, view, width, theme), ...closing, ...keysBelow];
}

/** After an empty line. */
const after = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);

/** All rows; a failing one with its own last lines below it. */
function tableLines({ rows, columns, hidden }: Frame, width: number, theme: Theme): readonly string[] {
  const more = `${symbol(theme, 'ellipsis')} and ${hidden} more`;
  return [
    ...rows.flatMap(({ cells, log }) => [
      cut(theme, rowText(cells, columns, theme), width),
      ...logLines(log, width, theme, false),
    ]),
    ...(hidden > 0 ? [paint(theme, 'dim', more)] : []),
  ];
}
