import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/engine/event.ts';
import { InvalidInput, UserError } from '../../src/errors.ts';
import { formatFailure } from '../../src/ui/errors.ts';
import { reportFailure } from '../../src/ui/report.ts';
import { plainTheme } from '../../src/ui/theme.ts';
import { watchedSystem } from '../support/terminal.ts';

const theme = { ...plainTheme, unicode: true };
const failure: Failure = {
  code: 'not-implemented',
  message: 'port 80 is taken\nby another process',
  hints: ['Stop it.', 'Or choose another\nwith --port.'],
  detail: ['last words', 'of the process'],
  place: { file: 'opta.yaml', line: 12, column: 11, length: 2, source: '    port: 80' },
};

describe('a failure as text', () => {
  test('has code, message, place, source line, detail, hints and where to read on', () => {
    expect(formatFailure(failure, { theme })).toMatchInlineSnapshot(`
      "error[not-implemented] port 80 is taken
        --> opta.yaml:12:11
        12 |     port: 80
           |           ^^
        by another process
        last words
        of the process
        fix: Stop it.
        fix: Or choose another
             with --port.
        see docs/errors.md#not-implemented"
    `);
  });

  test('shows the last lines of a long detail only when asked', () => {
    const text = formatFailure(failure, { theme, detail: 1 });
    expect(text).not.toContain('last words');
    expect(text).toContain('of the process');
  });

  test('keeps what an error says, and one line of its stack, where there is no room for all', () => {
    const stack = Array.from({ length: 8 }, (_, i) => `    at f${i} (node:internal:${i})`);
    const detail = [
      'node:internal:1',
      '    throw err;',
      '    ^',
      '',
      "Error: Cannot find module 'x'",
      ...stack,
      '',
      'Node.js v24',
    ];
    const text = formatFailure({ ...failure, detail }, { theme, detail: 12 });
    expect(text).toContain("Error: Cannot find module 'x'\n      at f0 (node:internal:0)\n  Node.js v24\n");
  });

  test('has colours where they can be seen', () => {
    expect(formatFailure(failure, { theme: { ...theme, color: true } })).toContain(
      '\u001b[31m\u001b[1merror[not-implemented]\u001b[0m \u001b[1mport 80',
    );
  });

  test('never carries control characters of what it quotes', () => {
    const evil = 'x\u001b[2J\u0007y';
    const text = formatFailure({
      code: 'not-implemented',
      message: evil,
      hints: [evil],
      detail: [evil],
      place: { file: evil, line: 1, column: 1, source: evil },
    });
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('what ends opta', () => {
  const report = (error: unknown, env = {}) => reportFailure(error, watchedSystem({ env }).system);

  test('is told as a block for an error of the user', () => {
    const text = report(new UserError('not-implemented', 'not yet', { hints: ['Wait.'] }));
    expect(text).toBe('error[not-implemented] not yet\n  fix: Wait.\n  see docs/errors.md#not-implemented\n');
  });

  test('is told for every finding', () => {
    const finding = { severity: 'error', code: 'not-implemented', message: 'x', hints: [] } as const;
    const text = report(new InvalidInput([finding, { ...finding, message: 'y' }]));
    expect(text).toBe('error[not-implemented] x\n\nerror[not-implemented] y\n');
  });

  test('is called a bug when it is one, with its stack when asked', () => {
    expect(report(new TypeError('x is not a function'))).toMatch(
      /^bug in opta TypeError: x is not a function\n {2}This is .*OPTA_DEBUG=1/,
    );
    expect(report(new TypeError('x'), { OPTA_DEBUG: '1' })).toMatch(/\n {2}at .*errors\.test\.ts/);
  });
});
