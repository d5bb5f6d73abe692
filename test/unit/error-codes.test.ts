/** Every error code has a heading that helps, every heading a code, and every code a place that throws it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/error-codes.ts';
import { readTree, root } from '../support/tree.ts';

const page = await readFile(join(root, 'docs', 'errors.md'), 'utf8');
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((section) => ({ code: section.split('\n')[0] ?? '', text: section.split('\n').slice(1).join('\n').trim() }));

test('codes are sorted, each once', () => {
  expect([...errorCodes]).toEqual([...new Set(errorCodes)].sort());
});

describe('docs/errors.md', () => {
  test('has one heading a code, in the same order', () => {
    expect(sections.map(({ code }) => code)).toEqual([...errorCodes]);
  });

  test.each(sections)('$code: says what it means and what to do', ({ text }) => {
    expect(text.split(/\s+/).length).toBeGreaterThanOrEqual(20);
  });
});

test('every code is thrown somewhere', async () => {
  const trees = await Promise.all(['src', 'stacks'].map((tree) => readTree(tree, /\.tsx?$/)));
  const files = trees.flat().filter(({ path }) => path !== 'src/error-codes.ts');
  const whole = files.map(({ text }) => text).join('\n');
  expect(errorCodes.filter((code) => !whole.includes(`'${code}'`))).toEqual([]);
});
