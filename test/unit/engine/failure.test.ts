import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../src/engine/failure.ts';
import { type Diagnostic, InvalidInput, UserError } from '../../../src/errors.ts';

const finding = (rest: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: 'error',
  code: 'not-implemented',
  message: 'field "prot" is unknown',
  hints: ['Write "port".'],
  place: { file: 'opta.yaml', line: 4, column: 3 },
  ...rest,
});

describe('a failure', () => {
  test('of the user keeps its code, message, place, hints and detail', () => {
    const place = { file: 'opta.yaml', line: 1, column: 1 };
    const error = new UserError('not-implemented', 'no', { place, hints: ['do'], detail: ['so'] });
    expect(failureOf(error)).toEqual({ code: 'not-implemented', message: 'no', hints: ['do'], detail: ['so'], place });
  });

  test('of one finding is that finding', () => {
    expect(failureOf(new InvalidInput([finding({ severity: 'warning' }), finding()]))).toMatchObject({
      code: 'not-implemented',
      message: 'field "prot" is unknown',
      hints: ['Write "port".'],
      place: { line: 4 },
      detail: [],
    });
  });

  test('of several findings names the first and lists the rest', () => {
    const { place, ...placeless } = finding({ message: 'no name' });
    expect(failureOf(new InvalidInput([finding(), finding({ message: 'other' }), placeless]))).toMatchObject({
      message: 'field "prot" is unknown (and 2 more)',
      detail: ['opta.yaml:4:3: error[not-implemented]: other', 'error[not-implemented]: no name'],
    });
  });

  const bugs: [unknown, string][] = [
    [new Error('no'), 'no'],
    [new RangeError('no'), 'RangeError: no'],
    [new Error(''), 'Error'],
    [new AggregateError([new Error('a'), new TypeError('b')]), 'AggregateError: a; TypeError: b'],
    ['text', 'text'],
    [undefined, 'thrown: undefined'],
    [new InvalidInput([]), 'InvalidInput: 0 problems'],
  ];
  test.each(bugs)('that is not the user’s is a bug: %s', (error, message) => {
    expect(failureOf(error)).toMatchObject({ code: 'bug', message, detail: [] });
    expect(failureOf(error).hints[0]).toContain('OPTA_DEBUG=1');
  });

  test('tells the stack of a bug and of its cause when asked', () => {
    const { detail, hints } = failureOf(new Error('outer', { cause: new TypeError('inner') }), { debug: true });
    expect(hints).toEqual([]);
    expect(detail.some((line) => line.startsWith('at '))).toBe(true);
    expect(detail).toContain('caused by TypeError: inner');
  });
});
