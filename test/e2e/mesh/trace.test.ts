/** One request seen by every hop: edge, route, both sides of the mesh, the apps' own spans, retries and refusals. */
import { randomBytes } from 'node:crypto';
import { get, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityOf, ingressCaller } from '../../../src/app/identity.ts';
import type { Hop, Trace } from '../../../src/engine/trace.ts';
import { assembled, type Known } from '../../../src/targets/process/tracing/assemble.ts';
import type { Asked, Recordings } from '../../../src/targets/process/tracing/store.ts';
import { parseTraceparent } from '../../../src/targets/process/tracing/traceparent.ts';
import { ask } from '../../support/clients.ts';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveHttp } from '../../support/servers.ts';

let plane: TestPlane;
let api: Served;
let data: readonly Served[];
let failing = 0;
let ports: Record<'data' | 'spans' | 'proxy' | 'own', number>;
/** What api does beside its call. */
let within = async (): Promise<void> => {};
/** traceparent of the last request that each service got. */
const got: Record<string, string | undefined> = {};

beforeAll(async () => {
  ports = { data: await freePort(), spans: await freePort(), proxy: await freePort(), own: await freePort() };
  data = await Promise.all(
    [0, 1].map(() =>
      serveHttp((incoming, response) => {
        got['data'] = String(incoming.headers['traceparent']);
        if (failing-- > 0) response.writeHead(503).end();
        else response.end('rows');
      }),
    ),
  );
  api = await serveHttp(async (incoming, response) => {
    await within();
    const traceparent = String(incoming.headers['traceparent']);
    got['api'] = traceparent;
    const options = { port: ports.data, host: '127.0.0.1', path: '/rows?key=secret', headers: { traceparent } };
    get(options, (rows) => rows.resume().on('end', () => response.writeHead(rows.statusCode ?? 0).end('done')));
  });
  const retries = { attempts: 3, on: ['5xx'] as const };
  plane = await startPlane({
    spansPort: ports.spans,
    upstreams: [
      upstream('api', 'http', [api.port]),
      upstream('closed', 'http', []),
      upstream(
        'data',
        'http',
        data.map(({ port }) => port),
        { retries, callers: ['back/api'] },
      ),
    ],
    routes: [{ upstream: 'back/api:main', host: '*', path: '/api', strip: true }],
    outbound: [
      {
        service: 'back/api',
        proxyPort: ports.own,
        direct: [{ upstream: 'back/data:main', port: ports.data }],
        allowed: ['back/data:main'],
      },
      { service: 'back/other', proxyPort: ports.proxy, direct: [], allowed: [] },
    ],
  });
});

afterAll(async () => {
  await plane.close();
  await Promise.all([api, ...data].map((one) => one.close()));
});

const links = new Map([['back/api', ['back/data']]]);

async function recorded(asked: Asked): Promise<Recordings> {
  const reply = await plane.request({ type: 'traces', asked });
  if (!reply.ok || reply.traces === undefined) throw new Error('no traces');
  return reply.traces;
}

/** Once it has so many hops: each is told when its own part of the answer is done, which its client may not wait for. */
async function traced(id: string, count: number, resources = false): Promise<Trace> {
  await expect.poll(async () => (await recorded({ id })).traces[0]?.hops.length).toBe(count);
  const { traces, reporting, refusals } = await recorded({ id });
  const [found] = traces;
  if (found === undefined) throw new Error('not recorded');
  const known: Known = { reporting, refusals, links, resources };
  return assembled(found, known);
}

const newId = () => randomBytes(16).toString('hex');
const client = '00f067aa0ba902b7';
const sampled = (id: string) => ({ traceparent: `00-${id}-${client}-01` });

/** Each lies within the one that it says is its parent. */
function expectNested(hops: readonly Hop[]): void {
  for (const hop of hops) {
    const parent = hops.find(({ id }) => id === hop.parent);
    if (parent === undefined) continue;
    expect(hop.start).toBeGreaterThanOrEqual(parent.start);
    expect(hop.start + hop.ms).toBeLessThanOrEqual(parent.start + parent.ms + 1e-3);
  }
}

describe('a request with a trace of its own', () => {
  test('shows every hop with who it was, and each within its parent', async () => {
    const id = newId();
    await ask(plane, '/api/list?key=secret', { headers: sampled(id) });
    const trace = await traced(id, 6);
    expect(trace.hops.map(({ kind, service, status }) => [kind, service, status])).toEqual([
      ['edge', ingressCaller, '200'],
      ['route', ingressCaller, '200'],
      ['outbound', ingressCaller, '200'],
      ['inbound', 'back/api', '200'],
      ['outbound', 'back/api', '200'],
      ['inbound', 'back/data', '200'],
    ]);
    const [edge, route, out, inside, call, rows] = trace.hops;
    expect(edge).toMatchObject({ parent: client, name: 'GET /api/list', tls: { version: 'TLSv1.3' } });
    expect(route).toMatchObject({ parent: edge?.id, route: { host: '*', path: '/api', strip: true, to: 'back/api' } });
    expect(out).toMatchObject({
      parent: route?.id,
      attempt: 1,
      peer: { identity: identityOf('back/api'), mtls: true },
    });
    expect(inside).toMatchObject({ parent: out?.id, name: 'GET /list', peer: { identity: identityOf(ingressCaller) } });
    expect(call).toMatchObject({ parent: inside?.id, peer: { service: 'back/data', mtls: true } });
    expect(rows).toMatchObject({ parent: call?.id, replica: call?.peer?.replica });
    expectNested(trace.hops);
    expect(trace.name).toBe('GET https://back.localhost/api/list');
    expect(JSON.stringify(trace)).not.toContain('secret');
    expect(parseTraceparent(got['api'])).toEqual({ trace: id, parent: inside?.id, flags: '01' });
    expect(parseTraceparent(got['data'])).toEqual({ trace: id, parent: rows?.id, flags: '01' });
  });

  test('says what nobody saw', async () => {
    const id = newId();
    await ask(plane, '/api/', { headers: sampled(id) });
    expect((await traced(id, 6, true)).unseen).toEqual([
      'back/api sends no spans: what it did inside, its queries included, was not seen.',
      'back/data sends no spans: what it did inside, its queries included, was not seen.',
      'No query to a database was reported: only services that send spans can tell of them.',
    ]);
  });

  test('shows each retry, and the replica that answered', async () => {
    const id = newId();
    failing = 2;
    const { status } = await ask(plane, '/api/', { headers: sampled(id) });
    expect(status).toBe(200);
    const { hops } = await traced(id, 10);
    const calls = hops.filter(({ kind, service }) => kind === 'outbound' && service === 'back/api');
    expect(calls.map((call) => [call.attempt, call.status, call.failed])).toEqual([
      [1, '503', true],
      [2, '503', true],
      [3, '200', false],
    ]);
    const answered = hops.filter(({ kind, service }) => kind === 'inbound' && service === 'back/data');
    expect(answered.map(({ parent, replica }) => [parent, replica])).toEqual(
      calls.map((call) => [call.id, call.peer?.replica]),
    );
    expectNested(hops);
  });

  test('is not recorded when its client does not want it, and passes as it was', async () => {
    const id = newId();
    const traceparent = `00-${id}-${client}-00`;
    await ask(plane, '/api/', { headers: { traceparent } });
    expect((await recorded({ id })).traces).toEqual([]);
    expect(got).toEqual({ api: traceparent, data: traceparent });
  });
});

test('a request without a trace gets one at the ingress, up to so many a second', async () => {
  const { traces: before } = await recorded({});
  const after = Math.max(0, ...before.map(({ changed }) => changed));
  for (let i = 0; i < 60; i += 1) await ask(plane, '/api/', { headers: { tracestate: 'a=b' } });
  const counts = async () => (await recorded({ after })).traces.map(({ hops }) => hops.length);
  await expect.poll(async () => new Set(await counts())).toEqual(new Set([6]));
  const { traces } = await recorded({ after });
  // Newest first, and nothing twice.
  expect(traces.map(({ changed }) => changed)).toEqual(traces.map(({ changed }) => changed).sort((a, b) => b - a));
  expect(new Set(traces.map(({ id }) => id)).size).toBe(traces.length);
});

test('a route that is not there is a trace of the edge alone', async () => {
  const id = newId();
  await ask(plane, '/nowhere', { headers: sampled(id) });
  expect((await traced(id, 1)).hops).toMatchObject([{ kind: 'edge', status: '404', name: 'GET /nowhere' }]);
});

test('a call without a link is turned away on its own side, with the link that is missing', async () => {
  const id = newId();
  const status = await new Promise((resolve, reject) => {
    const options = { port: ports.proxy, host: '127.0.0.1', path: 'http://data.back/', headers: sampled(id) };
    get(options, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  expect(status).toBe(403);
  expect((await traced(id, 1)).hops).toMatchObject([
    { kind: 'outbound', service: 'back/other', failed: true, refused: expect.stringContaining('links: [back/data]') },
  ]);
});

test('a tunnel without a link is told beside the trace that its caller was at work for', async () => {
  const id = newId();
  within = () =>
    new Promise<void>((resolve, reject) => {
      const asked = request({ port: ports.own, host: '127.0.0.1', method: 'CONNECT', path: 'closed.back:80' });
      asked.on('response', (response) => void response.resume().on('end', resolve));
      asked.on('connect', (_, socket) => void socket.on('close', resolve).resume());
      asked.on('error', reject).end();
    });
  await ask(plane, '/api/', { headers: sampled(id) });
  within = async () => {};
  expect((await traced(id, 6)).unseen).toContainEqual(
    expect.stringMatching(/^A connection was turned away meanwhile: .*back\/closed.*links: \[back\/closed\]/),
  );
});

describe('spans of apps', () => {
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        {
          port: ports.spans,
          host: '127.0.0.1',
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json', ...headers },
        },
        (response) => resolve(response.resume().statusCode),
      );
      sending.on('error', reject).end(body);
    });
  const spanOf = (
    id: string,
    parent: string | undefined,
    name: string,
    from: number,
    ms: number,
    attributes: object[] = [],
  ) => ({
    traceId: id,
    spanId: randomBytes(8).toString('hex'),
    parentSpanId: parent,
    name,
    startTimeUnixNano: `${Math.round(from * 1000)}000`,
    endTimeUnixNano: `${Math.round((from + ms) * 1000)}000`,
    attributes,
  });

  test('come below the sidecar that let the request in, queries as such', async () => {
    const id = newId();
    await ask(plane, '/api/', { headers: sampled(id) });
    const rows = (await traced(id, 6)).hops.find(({ kind, service }) => kind === 'inbound' && service === 'back/data');
    const work = spanOf(id, rows?.id, 'list', rows?.start ?? 0, (rows?.ms ?? 0) / 2);
    const database = [{ key: 'db.system.name', value: { stringValue: 'postgresql' } }];
    const query = spanOf(id, work.spanId, 'SELECT rows', rows?.start ?? 0, (rows?.ms ?? 0) / 4, database);
    const batch = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [query, work] }] }] });
    expect(await post('/back/data/1/v1/traces', batch)).toBe(200);
    const trace = await traced(id, 8, true);
    expect(trace.hops.slice(-3).map(({ kind, service, replica, name }) => [kind, service, replica, name])).toEqual([
      ['inbound', 'back/data', rows?.replica, 'GET /rows'],
      ['app', 'back/data', '1', 'list'],
      ['query', 'back/data', '1', 'SELECT rows'],
    ]);
    expectNested(trace.hops);
    expect(trace.unseen).toEqual(['back/api sends no spans: what it did inside, its queries included, was not seen.']);
  });

  test('are refused from pages, as other types, too large, or torn; metrics are taken and forgotten', async () => {
    expect(await post('/back/data/1/v1/traces', '{}', { origin: 'https://evil.example' })).toBe(403);
    expect(await post('/back/data/1/v1/traces', '{}', { 'content-type': 'text/plain' })).toBe(415);
    expect(await post('/back/data/1/v1/traces', '{')).toBe(400);
    expect(await post('/elsewhere', '{}')).toBe(404);
    expect(await post('/back/data/1/v1/metrics', '{}')).toBe(200);
    expect(await post('/v1/traces', '{}')).toBe(200);
  });
});
