import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawFailure, drawLife } from '../public/life.js';

const life = {
  traceId: 'abc',
  hops: [
    { service: 'web', replica: 'web-1', protocol: 'HTTP/1.1', ms: 20 },
    { service: 'db', replica: 'PostgreSQL 17', protocol: 'SQL', ms: 5, rows: 1 },
  ],
  products: [{ id: 7, name: '<b>Mug</b>', priceCents: 1400, stock: 0 }],
  orders: 1,
};

test('draws each hop, each bar inside the one before', () => {
  const html = drawLife(life);
  assert.match(html, /web-1/);
  assert.match(html, /x="0.0" width="100.0"/);
  assert.match(html, /x="37.5" width="25.0"/);
});

test('draws rows as text, never as markup', () => {
  const html = drawLife(life);
  assert.doesNotMatch(html, /<b>/);
  assert.match(html, /&#60;b&#62;Mug/);
  assert.doesNotMatch(drawFailure('<script>'), /<script>/);
});

test('offers no order for what is sold out', () => {
  assert.match(drawLife(life), /data-order="7" disabled/);
});
