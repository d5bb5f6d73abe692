import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greet } from '../src/hello.ts';

test('greets by name', () => {
  assert.equal(greet('Ada'), 'Hello, Ada!');
});

test('greets everyone without a name', () => {
  assert.equal(greet(null), 'Hello, world!');
  assert.equal(greet('  '), 'Hello, world!');
});
