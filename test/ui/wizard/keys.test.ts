/** What one reading of the terminal stands for: a quick typist's keys come several at a time. */
import { expect, test } from 'vitest';
import { keyOf } from '../../../src/ui/wizard/keys.ts';

const names = (input: string) => keyOf(input, {}).map((key) => ('text' in key ? key.text : key.name));

test('several returns in one reading are as many', () => {
  expect(names('\r\r')).toEqual(['enter', 'enter']);
});

test('a return after a text is typed; one within it was pasted', () => {
  expect(names('shop\r')).toEqual(['shop', 'enter']);
  expect(names('one\rtwo')).toEqual(['one\rtwo']);
});
