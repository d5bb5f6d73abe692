/** Text by terminal columns: wide characters count two, combining ones none. */
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { symbol, type Theme } from './theme.ts';

export const widthOf = stringWidth;

/** `text` on one line in at most `columns` columns; an ellipsis stands for what is cut off its end. */
export function cut(theme: Theme, text: string, columns: number): string {
  const line = text.includes('\n') ? text.replaceAll(/\s*\n\s*/g, ' ') : text;
  if (columns <= 0) return '';
  if (widthOf(line) <= columns) return line;
  const truncationCharacter = symbol(theme, 'ellipsis');
  return columns <= truncationCharacter.length
    ? cliTruncate(line, columns, { truncationCharacter: '' })
    : cliTruncate(line, columns, { truncationCharacter });
}

/** `text` cut and filled with spaces to exactly `columns` columns. */
export function padded(theme: Theme, text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const fitting = cut(theme, text, columns);
  const space = ' '.repeat(Math.max(0, columns - widthOf(fitting)));
  return side === 'left' ? fitting + space : space + fitting;
}
