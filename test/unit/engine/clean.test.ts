import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean, cleanColoured } from '../../../src/engine/clean.ts';

const esc = '\u001b';

describe('cleaning text', () => {
  const cases: [string, string, string][] = [
    ['leaves plain text', 'listening on 3000 — ünïcode 漢字 👩‍👩‍👧', 'listening on 3000 — ünïcode 漢字 👩‍👩‍👧'],
    ['takes colours off', `${esc}[1;31merror${esc}[0m: no`, 'error: no'],
    ['takes cursor movements off', `a${esc}[2J${esc}[10;10Hb${esc}7c`, 'abc'],
    ['takes titles off, however they end', `${esc}]0;evil\u0007a${esc}]0;evil${esc}\\b`, 'ab'],
    [
      'keeps the text of a link without the link',
      `${esc}]8;;https://evil.example${esc}\\here${esc}]8;;${esc}\\`,
      'here',
    ],
    ['takes device strings off', `${esc}P1$r0m${esc}\\a${esc}_hidden${esc}\\b`, 'ab'],
    ['takes 8-bit escapes off', '\u009b31mred\u009d0;t\u009c', 'red'],
    ['takes bells, backspaces and nulls off', 'a\u0007b\u0008c\u0000d\u007f', 'abcd'],
    ['makes a tab two spaces', 'a\tb', 'a  b'],
    ['ends lines one way', 'a\r\nb\r', 'a\nb'],
    ['shows both parts of an overwritten line', '10%\r20%', '10% 20%'],
    ['takes direction marks and invisible characters off', 'a\u202eb\u2066c\u200bd\ufeffe\u2028f', 'abcdef'],
    ['survives an escape at the end', `a${esc}`, 'a'],
    ['replaces half a character', 'a\ud800b', 'a\ufffdb'],
  ];
  test.each(cases)('%s', (_, dirty, expected) => expect(clean(dirty)).toBe(expected));

  test('never leaves a control character, whatever comes in', () => {
    const chunk = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(esc, `${esc}[`, `${esc}]8;;`, `${esc}P`, '\u0007', '\u009b', 'm', '\\', '\r'),
    );
    fc.assert(
      fc.property(fc.array(chunk), (chunks) => {
        const text = clean(chunks.join(''));
        expect(text).not.toMatch(/[^\P{Cc}\n]/u);
        expect(clean(text)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test('takes time in step with the length, also for escapes that never end', () => {
    for (const unit of [`${esc}]0;`, `${esc}[0`, `${esc}P`, '\r']) {
      const began = process.cpuUsage();
      clean(unit.repeat(200_000));
      expect(process.cpuUsage(began).user / 1000).toBeLessThan(4000);
    }
  });
});

describe('cleaning coloured text', () => {
  const cases: [string, string, string][] = [
    ['leaves text without colours as it is', 'plain', 'plain'],
    ['keeps colours, and ends them', `${esc}[1;31merror`, `${esc}[1;31merror${esc}[0m`],
    ['takes screens and titles off', `${esc}[2J${esc}]0;evil\u0007hidden`, 'hidden'],
    ['takes a title with a colour in it off', `${esc}]0;e${esc}[31mvil\u0007`, `${esc}[31mvil${esc}[0m`],
  ];
  test.each(cases)('%s', (_, dirty, expected) => expect(cleanColoured(dirty)).toBe(expected));
});
