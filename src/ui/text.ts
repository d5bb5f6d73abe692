/** Text by terminal columns: wide characters count two, combining ones none. */
import { stripVTControlCharacters } from 'node:util';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { pieces } from './graph/words.ts';
import { symbol, type Theme } from './theme.ts';

export const widthOf = stringWidth;

/** `text` on one line in at most `columns` columns; an ellipsis stands for what is cut off at `side`. */
export function cut(theme: Theme, text: string, columns: number, side: 'start' | 'end' = 'end'): string {
  const line = text.includes('\n') ? text.replaceAll(/\s*\n\s*/g, ' ') : text;
  if (columns <= 0) return '';
  if (widthOf(line) <= columns) return line;
  const ellipsis = symbol(theme, 'ellipsis');
  const truncationCharacter = columns <= ellipsis.length ? '' : ellipsis;
  return cliTruncate(line, columns, { truncationCharacter, position: side });
}

/** `text` cut and filled with spaces to exactly `columns` columns. */
export function padded(theme: Theme, text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const fitting = cut(theme, text, columns);
  const space = ' '.repeat(Math.max(0, columns - widthOf(fitting)));
  return side === 'left' ? fitting + space : space + fitting;
}

/**
 * `first` and the words of `text` behind it, in lines of at most `columns` columns; those after the first are indented. A word
 * that fits in a line stays whole, as addresses and paths must: it gives up the indent for it. A longer one goes on in the next.
 */
export function hung(first: string, text: string, columns: number, indent: number): string[] {
  const lines: string[] = [];
  let line = first;
  let isBegun = false;
  for (const word of text.split(' ')) {
    const longer = isBegun ? `${line} ${word}` : line + word;
    if (widthOf(longer) <= columns) line = longer;
    else {
      if (line.trim() !== '') lines.push(line.trimEnd());
      const space = lines.length === 0 ? '' : ' '.repeat(indent);
      if (widthOf(word) + space.length <= columns) line = space + word;
      else {
        const parts = pieces(word, columns, widthOf);
        lines.push(...parts.slice(0, -1));
        line = parts.at(-1) ?? '';
      }
    }
    isBegun = true;
  }
  return [...lines, line];
}

/** A line of a file that is shown with its number, or what points into it: only whole does it say something. */
const isSource = /^\s*\d*\s*\|/;

/** Whole text for a terminal of `columns` columns: lines that are too long go on, at words, below their own begin. */
export function wrapped(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < 1) return text;
  const lines = text.split('\n').flatMap((line) => {
    if (widthOf(line) <= columns || isSource.test(stripVTControlCharacters(line))) return [line];
    const [space = ''] = /^\s*(?:[-√×‼→✖]\s+)?/u.exec(line) ?? [];
    const indent = Math.min(space.length + (space.trim() === '' ? 2 : 0), Math.floor(columns / 2));
    return hung(space, line.slice(space.length), columns, indent);
  });
  return lines.join('\n');
}
