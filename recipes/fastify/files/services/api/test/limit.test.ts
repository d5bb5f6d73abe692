import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limit, window } from '../src/limit.ts';

const at = (seconds: number) => new Date(seconds * 1000);

test('one window has one key', () => {
  assert.equal(window('10.0.0.1', at(0)), window('10.0.0.1', at(limit.seconds - 1)));
});

test('the next window and another caller have keys of their own', () => {
  assert.notEqual(window('10.0.0.1', at(0)), window('10.0.0.1', at(limit.seconds)));
  assert.notEqual(window('10.0.0.1', at(0)), window('10.0.0.2', at(0)));
});
