/** What stands below the table, as lines: addresses, how the run ended, the keys. Pure; no line is wider than the terminal. */
import type { Picture } from '../engine/picture.ts';
import { addressLines, goingOn, summary } from './summary.ts';
import { cut, hung, widthOf } from './text.ts';
import { paint, symbol, type Theme } from './theme.ts';

/** Most addresses that are shown. */
const mostAddresses = 4;

export interface Room {
  readonly width: number;
  /** Most lines. */
  readonly rows: number;
}

/** The end of the run, and as many addresses above it as there is room for. */
export function closingLines(picture: Picture, { width, rows }: Room, theme: Theme): readonly string[] {
  const [ended, ...path] = summary(picture, theme).map((line) => cut(theme, line, width));
  const after = goingOn(picture).flatMap((line) => hung('', line, width, 0));
  const end = ended === undefined ? [] : [ended, ...after, ...path].slice(0, Math.max(1, rows - 1));
  const shown: string[] = [];
  for (const [at, address] of picture.addresses.entries()) {
    const lines = addressLines(address, theme, width);
    const left = picture.addresses.length - at;
    const needed = lines.length + (left > 1 ? 1 : 0);
    if (at < mostAddresses && shown.length + needed + end.length <= rows) shown.push(...lines);
    else {
      const more = cut(theme, `${symbol(theme, 'ellipsis')} and ${left} more: opta dev status`, width);
      if (shown.length + end.length < rows) shown.push(paint(theme, 'dim', more));
      break;
    }
  }
  return [...shown, ...end];
}

const between = '   ';

/** Every key with its title, in as many lines as they need. */
export function keyLines(
  keys: readonly { readonly key: string; readonly title: string }[],
  width: number,
  theme: Theme,
): readonly string[] {
  const items = keys.map(({ key, title }) => {
    const said = cut(theme, title, width - widthOf(key) - 1);
    return `${paint(theme, 'strong', key)} ${paint(theme, 'dim', said)}`;
  });
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last + between + item) <= width) lines[lines.length - 1] = last + between + item;
    else lines.push(item);
  }
  return lines;
}
