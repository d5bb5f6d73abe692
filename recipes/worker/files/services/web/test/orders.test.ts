import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemOf, shown } from '../src/orders.ts';

test('an item is 1 to 100 characters', () => {
  assert.equal(itemOf(' book '), 'book');
  assert.equal(itemOf('  '), undefined);
  assert.equal(itemOf(undefined), undefined);
  assert.equal(itemOf('x'.repeat(101)), undefined);
});

test('shows what became of an order', () => {
  const kept = { id: '1', data: { item: 'book' }, state: 'completed', createdOn: new Date(0) };
  assert.deepEqual(shown(kept), { id: '1', item: 'book', state: 'completed', taken: '1970-01-01T00:00:00.000Z' });
});
