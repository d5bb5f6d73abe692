import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { HttpError, type HttpService, json, type Routes, readJson, serveHttp } from '../src/http.ts';
import { createLog } from '../src/log.ts';
import { propagateOnly } from '../src/trace.ts';

const quiet = createLog({}, () => {});

const serve = async (routes: Routes, ready = true): Promise<{ http: HttpService; base: string }> => {
  const http = await serveHttp('127.0.0.1', 0, { routes, ready: () => ready, tracing: propagateOnly(), log: quiet });
  return { http, base: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}` };
};

test('answers what a route answers, and 404 elsewhere', async () => {
  const { http, base } = await serve({ 'GET /': () => json({ ok: true }) });
  assert.deepEqual(await (await fetch(`${base}/?any=thing`)).json(), { ok: true });
  assert.equal((await fetch(`${base}/elsewhere`)).status, 404);
  await http.close();
});

test('shows the message of an HttpError and hides that of any other', async () => {
  const { http, base } = await serve({
    'GET /known': () => {
      throw new HttpError(409, 'Sold out.');
    },
    'GET /unknown': () => {
      throw new Error('the password is 1234');
    },
  });
  assert.deepEqual(await (await fetch(`${base}/known`)).json(), { error: 'Sold out.' });
  const unknown = await fetch(`${base}/unknown`);
  assert.equal(unknown.status, 500);
  assert.deepEqual(await unknown.json(), { error: 'Internal error.' });
  await http.close();
});

test('refuses a body that is no JSON or too large', async () => {
  const { http, base } = await serve({ 'POST /': async ({ request }) => json(await readJson(request)) });
  const post = async (body: string) => (await fetch(base, { method: 'POST', body })).status;
  assert.equal(await post('{"a": 1}'), 200);
  assert.equal(await post('{'), 400);
  assert.equal(await post(JSON.stringify('x'.repeat(70_000))), 413);
  await http.close();
});

test('is live while it is not ready', async () => {
  const { http, base } = await serve({}, false);
  assert.equal((await fetch(`${base}/live`)).status, 200);
  assert.equal((await fetch(`${base}/ready`)).status, 503);
  await http.close();
});

test('finishes a request that is under way when it closes', async () => {
  const arrived = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const { http, base } = await serve({
    'GET /slow': async () => {
      arrived.resolve();
      await go.promise;
      return json('done');
    },
  });
  const answer = fetch(`${base}/slow`);
  await arrived.promise;
  const closed = http.close();
  await assert.rejects(fetch(`${base}/live`));
  go.resolve();
  assert.equal(await (await answer).json(), 'done');
  await closed;
});
