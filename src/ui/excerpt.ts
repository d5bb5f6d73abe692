/** A source line with carets under what is meant. Measures without the width library, which costs start-up time. */
import { clean } from '../engine/clean.ts';
import type { Place } from '../errors.ts';
import { paint, type Style, symbol, type Theme } from './theme.ts';

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const narrowest = 20;

/** Terminal columns of `text`, exact but for joined emoji. */
function columns(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let sum = 0;
  for (const char of text) sum += /[\p{M}\u200d]/u.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return sum;
}

/** The part of `source` that fits into `room` with its `at`th character in it. */
function part(source: string, at: number, room: number): { readonly text: string; readonly at: number } {
  const from = columns(source.slice(0, at)) < room - 8 ? 0 : Math.max(0, at - Math.floor(room / 2));
  let to = Math.min(source.length, from + room);
  while (to > at + 1 && columns(source.slice(from, to)) > room) to -= 1;
  return { text: source.slice(from, to).toWellFormed(), at: at - from };
}

/** Controls and marks nobody sees; each becomes a space, so that columns stay right. */
const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** `--> file:line:column`, then the source line with carets, in at most `width` columns. */
export function formatPlace(place: Place, style: Style, theme: Theme, width: number): string[] {
  const number = String(place.line);
  const margin = ' '.repeat(number.length);
  const where = `${margin}${paint(theme, 'dim', '-->')} ${clean(place.file)}:${place.line}:${place.column}`;
  if (place.source === undefined) return [where];
  const rail = paint(theme, 'dim', symbol(theme, 'rail'));
  const room = Math.max(narrowest, width - number.length - 3);
  const { text, at } = part(place.source.replace(unseen, ' '), place.column - 1, room);
  const before = columns(text.slice(0, at));
  const carets = Math.max(1, columns(text.slice(at, at + (place.length ?? 1))));
  return [
    where,
    `${margin} ${rail}`,
    `${paint(theme, 'dim', number)} ${rail} ${text}`,
    `${margin} ${rail} ${' '.repeat(before)}${paint(theme, style, '^'.repeat(carets))}`,
  ];
}
