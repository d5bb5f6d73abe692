/** W3C traceparent: what is one, what is none, and how it is put into a request. */
import { expect, test } from 'vitest';
import {
  isSampled,
  parseTraceparent,
  traceparentOf,
  withTraceparent,
} from '../../../../../src/targets/process/tracing/traceparent.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

test.each([
  [`00-${trace}-${span}-01`, true],
  [`00-${trace}-${span}-00`, false],
  [`00-${trace}-${span}-03`, true],
  [`cc-${trace}-${span}-01-what-comes-later`, true],
])('%s is one', (value, sampled) => {
  const context = parseTraceparent(value);
  expect(context).toMatchObject({ trace, parent: span });
  expect(context && isSampled(context)).toBe(sampled);
});

test.each([
  undefined,
  '',
  `ff-${trace}-${span}-01`,
  `00-${trace}-${span}-01-more`,
  `00-${'0'.repeat(32)}-${span}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace.toUpperCase()}-${span}-01`,
  `00-${trace}-${span}`,
])('%s is none', (value) => {
  expect(parseTraceparent(value)).toBeUndefined();
});

test('it takes the place of the old one, in its spelling, or comes last', () => {
  const value = traceparentOf({ trace, flags: '01' }, span);
  expect(value).toBe(`00-${trace}-${span}-01`);
  expect(withTraceparent(['a', '1', 'TraceParent', 'x', 'b', '2'], value)).toEqual([
    'a',
    '1',
    'TraceParent',
    value,
    'b',
    '2',
  ]);
  expect(withTraceparent(['a', '1'], value)).toEqual(['a', '1', 'traceparent', value]);
});
