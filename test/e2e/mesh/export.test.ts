/** Spans on the wire: a small OTLP receiver gets those of the mesh and of the apps, and no request waits for it. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { SpansTarget } from '../../../src/targets/process/data-plane.ts';
import { decodeTraces } from '../../../src/targets/process/tracing/otlp-protobuf.ts';
import { ask } from '../../support/clients.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveHttp } from '../../support/servers.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly service: string;
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function receiver() {
  const spans: Span[] = [];
  const requests: IncomingMessage['headers'][] = [];
  const served = await serveHttp(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    requests.push(request.headers);
    const json = request.headers['content-type'] === 'application/json';
    const { resourceSpans } = (json ? JSON.parse(String(bytes)) : decodeTraces(bytes)) as Exported;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource?.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
    }
    response.end();
  });
  closing.push(() => served.close());
  return { port: served.port, spans, requests };
}

async function planeWith(spansTo: SpansTarget): Promise<{ plane: TestPlane; app: Served; spansPort: number }> {
  const app = await serveHttp((_, response) => response.end('ok'));
  const spansPort = await freePort();
  const plane = await startPlane({
    ...{ spansTo, spansPort },
    upstreams: [upstream('web', 'http', [app.port])],
    routes: [{ upstream: 'back/web:main', host: '*', path: '/', strip: false }],
  });
  closing.push(
    () => app.close(),
    () => plane.close(),
  );
  return { plane, app, spansPort };
}

test.each([true, false])('every hop arrives, with its trace and parent and times (JSON: %s)', async (json) => {
  const { port, spans, requests } = await receiver();
  const url = `http://127.0.0.1:${port}/v1/traces`;
  const { plane } = await planeWith({ url, json, headers: { 'api-key': 'of the user' } });
  const id = randomBytes(16).toString('hex');
  const before = Date.now();
  await ask(plane, '/one?key=secret', { headers: { traceparent: `00-${id}-00f067aa0ba902b7-01` } });
  await expect.poll(() => spans.filter(({ traceId }) => traceId === id).length).toBe(4);
  // In the order of the request: each one's parent is the one before.
  const ours = spans.filter(({ traceId }) => traceId === id).reverse();
  const chain: Span[] = [];
  for (let parent = '00f067aa0ba902b7'; ; parent = chain.at(-1)?.spanId ?? '') {
    const next = ours.find(({ parentSpanId }) => parentSpanId === parent);
    if (next === undefined) break;
    chain.push(next);
  }
  expect(chain.map(({ service, name }) => [service, name])).toEqual([
    ...Array(3).fill(['ingress', 'GET /one']),
    ['web', 'GET /one'],
  ]);
  for (const [at, span] of chain.entries()) {
    const outer = chain[at - 1] ?? span;
    const [from, to] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
    expect(Number(from / 1_000_000n)).toBeGreaterThanOrEqual(before - 1000);
    expect(from).toBeGreaterThanOrEqual(BigInt(outer.startTimeUnixNano) - 1000n);
    // A side notes its end when its own stream has ended, which may be a turn of the loop after the one outside of it.
    expect(to).toBeLessThanOrEqual(BigInt(outer.endTimeUnixNano) + 1_000_000_000n);
  }
  expect(requests.every((headers) => headers['api-key'] === 'of the user')).toBe(true);
  expect(JSON.stringify(spans)).not.toContain('secret');
});

test('what an app sends is sent on as it came', async () => {
  const { port, spans } = await receiver();
  const target = { url: `http://127.0.0.1:${port}/v1/traces`, json: false, headers: {} };
  const { spansPort } = await planeWith(target);
  const span = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name: 'own',
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
  };
  const attributes = [{ key: 'service.name', value: { stringValue: 'shop' } }];
  const { status } = await fetch(`http://127.0.0.1:${spansPort}/back/web/0/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(status).toBe(200);
  await expect.poll(() => spans).toEqual([{ ...span, service: 'shop' }]);
});

test('a collector that hangs, or is not there, costs no request anything', async () => {
  const hanging = await serveHttp(() => {});
  closing.push(() => hanging.close());
  for (const port of [hanging.port, 1]) {
    const { plane } = await planeWith({ url: `http://127.0.0.1:${port}/v1/traces`, json: true, headers: {} });
    for (let i = 0; i < 30; i += 1) {
      const traceparent = `00-${randomBytes(16).toString('hex')}-00f067aa0ba902b7-01`;
      expect((await ask(plane, '/', { headers: { traceparent } })).status).toBe(200);
    }
  }
});
