import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carryOut } from '../src/carry-out.ts';

test('counts the letters of what was ordered', async () => {
  assert.deepEqual(await carryOut({ item: 'café' }, 0), { item: 'café', letters: 4 });
});
