import { describe, expect, test } from 'vitest';
import { longestLine, redactor, splitLines } from '../../../../../src/targets/process/supervisor/lines.ts';

function split(...chunks: readonly (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk as string));
  splitter.end();
  return lines;
}

describe('splitting output into lines', () => {
  test('joins what chunks cut, keeps empty lines, takes CRLF, tells a last line without an end', () => {
    expect(split('a\nb', 'c\n\nd\r\n', 'e')).toEqual(['a', 'bc', '', 'd', 'e']);
  });

  test('a character cut between two chunks stays whole', () => {
    const bytes = Buffer.from('é\n');
    expect(split(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é']);
  });

  test('cuts a line that is too long, in whichever chunks it comes, and goes on with the next', () => {
    const long = 'x'.repeat(longestLine + 10);
    const cut = `${'x'.repeat(longestLine)} [cut]`;
    expect(split(`${long}\nnext\n`)).toEqual([cut, 'next']);
    expect(split(long, long, '\nnext\n')).toEqual([cut, 'next']);
    expect(split('x'.repeat(longestLine), '\nnext\n')).toEqual(['x'.repeat(longestLine), 'next']);
  });
});

describe('redaction', () => {
  test('hides values as they are and as in an address, the longest first', () => {
    const redact = redactor(['pass/word', 'pass/word-and-more']);
    expect(redact('a pass/word b pass/word-and-more c pass%2Fword')).toBe('a *** b *** c ***');
  });

  test('leaves short and empty values alone', () => {
    expect(redactor(['', 'ab'])('about')).toBe('about');
  });
});
