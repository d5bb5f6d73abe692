import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../lib/entry.ts';

test('an entry is 1 to 200 characters', () => {
  assert.equal(textOf('  hello '), 'hello');
  assert.equal(textOf(' '), undefined);
  assert.equal(textOf(null), undefined);
  assert.equal(textOf('x'.repeat(201)), undefined);
});
