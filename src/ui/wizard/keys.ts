/** Keys as terminals send them, in the wizard's words. */
import type { Key as InkKey } from 'ink';
import type { Key, KeyName } from './state.ts';

const named: readonly (readonly [keyof InkKey, KeyName])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** Keys of Emacs that shells have too. */
const withControl: Readonly<Record<string, KeyName>> = {
  c: 'interrupt',
  o: 'all',
  u: 'clear',
  a: 'home',
  e: 'end',
  n: 'down',
  p: 'up',
  h: 'backspace',
};

/** Control characters that come in one go with others, as from a quick typist. */
const controls: Readonly<Record<string, KeyName>> = {
  '\u0001': 'home',
  '\u0003': 'interrupt',
  '\u0005': 'end',
  '\u0008': 'backspace',
  '\u000f': 'all',
  '\u0015': 'clear',
  '\u007f': 'backspace',
};

/** What one reading of the terminal stands for. */
export function keyOf(input: string, key: Partial<InkKey>): readonly Key[] {
  if (key.tab) return [{ name: key.shift ? 'back-tab' : 'tab' }];
  if (key.return) return [{ name: 'enter' }];
  const found = named.find(([flag]) => key[flag] === true);
  if (found) return [{ name: found[1] }];
  if (key.ctrl) return withControl[input] === undefined ? [] : [{ name: withControl[input] }];
  if (key.meta || input === '') return [];
  return keysIn(input);
}

/** A line end at the very end was typed, and so were several of nothing else; one in the middle is part of a text that was pasted. */
function keysIn(input: string): readonly Key[] {
  if (/^\r+$/.test(input)) return Array.from(input, () => ({ name: 'enter' }));
  const ends = /[\r\n]$/.test(input);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the keys
  const parts = (ends ? input.slice(0, -1) : input).split(/([\u0001\u0003\u0005\u0008\u000f\u0015\u007f])/);
  const keys = parts.flatMap((part): Key[] => {
    const name = controls[part];
    if (name !== undefined) return [{ name }];
    return part === '' ? [] : [{ name: 'text', text: part }];
  });
  return ends ? [...keys, { name: 'enter' }] : keys;
}
