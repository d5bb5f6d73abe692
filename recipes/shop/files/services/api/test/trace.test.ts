import assert from 'node:assert/strict';
import { test } from 'node:test';
import { propagateOnly } from '../src/trace.ts';
import { parseTraceparent } from '../src/traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

test('goes on with the trace of the caller, under a span of its own', () => {
  const span = propagateOnly().start('GET /', 'server', `00-${traceId}-b7ad6b7169203331-01`);
  assert.equal(span.traceId, traceId);
  assert.match(span.traceparent, new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
});

test('begins a trace where there is none or a broken one', () => {
  for (const header of [undefined, '', 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`]) {
    assert.equal(parseTraceparent(header), undefined);
    assert.match(propagateOnly().start('GET /', 'server', header).traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  }
});
