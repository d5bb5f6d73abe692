import { expect, test } from 'vitest';
import { widthOf, wrapped } from '../../src/ui/text.ts';

const text = `error[unknown-module] Layer \`express\` has no module \`database\` to link to.
  --> opta.yaml:21:9
  21 |       - database: [a long line of the file that stays as it is]
     |         ^^^^^^^^
  fix: did you mean \`db\`, or something else that is longer than the terminal?
`;

test('long lines go on at words, indented; lines of a file stay whole', () => {
  expect(wrapped(text, 40)).toBe(`error[unknown-module] Layer \`express\`
  has no module \`database\` to link to.
  --> opta.yaml:21:9
  21 |       - database: [a long line of the file that stays as it is]
     |         ^^^^^^^^
  fix: did you mean \`db\`, or something
    else that is longer than the
    terminal?
`);
});

test('what fits, and what no terminal shows, is left alone', () => {
  expect(wrapped(text, 100)).toBe(text);
  expect(wrapped(text, undefined)).toBe(text);
});

test.each([20, 40, 60, 80])('nothing but lines of a file is wider than %i columns', (columns) => {
  const coloured = `\u001b[31m${'wörter und 言葉 '.repeat(20)}\u001b[0m\n    - ${'item '.repeat(30)}\n${'x'.repeat(300)}`;
  for (const line of wrapped(coloured, columns).split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
});
