import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeFor } from '../src/time.ts';

test('says the time as ISO 8601, and who says so', () => {
  assert.deepEqual(timeFor('api-1', new Date(0)), { time: '1970-01-01T00:00:00.000Z', replica: 'api-1' });
});
