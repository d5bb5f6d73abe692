/** A request's life as text: fits its terminal, names retries and missing links, says what nobody saw. */
import { expect, test } from 'vitest';
import type { Hop, Sent, Trace } from '../../../src/engine/trace.ts';
import { widthOf } from '../../../src/ui/text.ts';
import { plainTheme } from '../../../src/ui/theme.ts';
import { tracesText, traceText } from '../../../src/ui/trace/text.ts';

const identity = 'data.shop.serviceaccount.identity.linkerd.cluster.local';
const hops: readonly Hop[] = [
  {
    id: 'a',
    kind: 'edge',
    service: 'opta/ingress',
    name: 'GET /api/list',
    start: 1000,
    ms: 40,
    status: '200',
    failed: false,
    tls: { version: 'TLSv1.3', protocol: 'h2' },
  },
  ...[1, 2].map(
    (attempt): Hop => ({
      id: `b${attempt}`,
      parent: 'a',
      kind: 'outbound',
      service: 'shop/api',
      name: 'catalog.v1.Catalog/ListProducts',
      start: 1000 + attempt * 10,
      ms: 10,
      status: attempt === 1 ? 'grpc 14' : 'grpc 0',
      failed: attempt === 1,
      attempt,
      peer: { service: 'shop/data', identity, mtls: true, replica: '1' },
    }),
  ),
  {
    id: 'c',
    parent: 'a',
    kind: 'inbound',
    service: 'shop/data',
    replica: '0',
    name: 'GET /',
    start: 1030,
    ms: 1,
    status: '403',
    failed: true,
    refused: 'shop/web may not call shop/data: the link is missing.',
    peer: { service: 'shop/web', mtls: true },
  },
];
const trace: Trace = {
  id: 'f'.repeat(32),
  name: 'GET https://shop.localhost:8443/api/list',
  start: 1000,
  ms: 40,
  status: '200',
  failed: false,
  hops,
  unseen: ['shop/api sends no spans: what it did inside, its queries included, was not seen.'],
};
const sent: Sent = {
  method: 'GET',
  url: 'https://shop.localhost:8443/api/list',
  dns: { name: 'shop.localhost', addresses: [], ms: 1 },
  dialled: '127.0.0.1:8443',
  connectedAt: 2,
  tls: {
    version: 'TLSv1.3',
    protocol: 'http/1.1',
    cipher: 'TLS_AES_256_GCM_SHA384',
    doneAt: 5,
    certificate: { subject: '', names: ['*.shop.localhost'], issuer: 'opta local CA', validTo: 0, verified: false },
  },
  firstByteAt: 40,
  endedAt: 41,
  status: 200,
  bytes: 10,
};

const drawn = (columns: number) => traceText(trace, sent, { columns, theme: plainTheme });

test.each([60, 80, 100, 160])('in %i columns no line is wider, and ASCII is enough', (columns) => {
  for (const line of drawn(columns).split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
  expect(drawn(columns)).toMatch(/^[\n -~]*$/);
});

test.each([
  'shop.localhost: not known to the system',
  'opta local CA, NOT the authority of opta',
  'to shop/data replica 1, mTLS',
  identity,
  'retry 1',
  '1 retry',
  'the link is missing',
  'Not seen - shop/api sends no spans',
])('it says: %s', (words) => {
  expect(drawn(120).replaceAll(/\s+/g, ' ')).toContain(words);
});

test('a request that nobody saw is said to be one', () => {
  expect(traceText(undefined, sent, { columns: 80, theme: plainTheme })).toContain('Nobody on the way saw it.');
});

test('a list of requests says each with its time; none is said too', () => {
  const options = { columns: 80, theme: plainTheme };
  expect(
    tracesText([trace, trace], options).match(/GET https:\/\/shop\.localhost:8443\/api\/list {2}200/g),
  ).toHaveLength(2);
  expect(tracesText([], options)).toBe('no request was traced so far\n');
});
