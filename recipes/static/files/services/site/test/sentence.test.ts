import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentence } from '../src/sentence.ts';

test('says when, and which replica answered', () => {
  const text = sentence({ time: '2026-01-02T03:04:05.000Z', replica: 'api-1' }, 'en-GB');
  assert.match(text, /^It is \d\d:\d\d:05 for api-1\.$/);
});
