/** Two services run by the real bin: what `opta trace` says of a request, and what `opta dev view` shows of it in a real browser. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Hop, Sent, Trace } from '../../../src/engine/trace.ts';
import { type Bin, type BinProject, makeBinProject } from '../../support/bin-project.ts';
import { browserPath, openBrowser } from '../../support/browser.ts';
import { ask } from '../../support/clients.ts';
import type { RateOrder, RateResult } from '../../support/rate-process.ts';

const definition = `
name: shop
authorization: links
modules:
  - name: web
    type: k8s-service
    image: AUTO
    port: {http: 8080}
    public_uri: /
    links: [data]
    dev: {directory: code, command: [node, web.mjs]}
  - name: data
    type: k8s-service
    image: AUTO
    port: {http: 8080}
    min_containers: 2
    dev: {directory: code, command: [node, data.mjs]}
  - name: echo
    type: k8s-service
    image: AUTO
    port: {http: 8080}
    public_uri: /echo
    dev: {directory: code, command: [node, echo.mjs]}
`;

/** As light as can be: under load it is the mesh and the view that are looked at. */
const echo = `
import { createServer } from 'node:http';
createServer((request, response) => response.end('echo')).listen(process.env.PORT, '127.0.0.1');
`;

/** Passes the trace on as every tracing library does. */
const web = `
import { createServer, get } from 'node:http';
createServer((request, response) => {
  console.log('asked for ' + request.url);
  const { traceparent = '' } = request.headers;
  get(process.env.data_url + '/rows', { headers: { traceparent } }, (rows) => {
    let text = '';
    rows.on('data', (part) => (text += part)).on('end', () => response.end(text));
  });
}).listen(process.env.PORT, '127.0.0.1');
`;

/** Reports a span of its own work and one of a query, as an SDK would. */
const data = `
import { randomBytes } from 'node:crypto';
import { createServer, request } from 'node:http';
const { PORT, OPTA_REPLICA, OTEL_EXPORTER_OTLP_ENDPOINT } = process.env;
const attribute = (key, stringValue) => ({ key, value: { stringValue } });
createServer((incoming, response) => {
  const from = Date.now() * 1e6;
  const [, traceId, parentSpanId, flags] = (incoming.headers.traceparent ?? '').split('-');
  response.end(OPTA_REPLICA);
  if (flags !== '01') return;
  const span = (name, parentSpanId, attributes = []) => ({
    traceId, parentSpanId, spanId: randomBytes(8).toString('hex'), name, attributes,
    startTimeUnixNano: String(from), endTimeUnixNano: String(from + 1e5),
  });
  const work = span('read rows', parentSpanId);
  const spans = [span('SELECT rows', work.spanId, [attribute('db.system.name', 'postgresql')]), work];
  const headers = { 'content-type': 'application/json' };
  request(OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces', { method: 'POST', headers }, (answer) => answer.resume())
    .end(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
}).listen(PORT, '127.0.0.1');
`;

let project: BinProject;

beforeAll(async () => {
  project = await makeBinProject(definition);
  project.write('code/web.mjs', web);
  project.write('code/data.mjs', data);
  project.write('code/echo.mjs', echo);
  const { code, stdout, stderr } = await project.up(['--timeout', '300']);
  if (code !== 0) throw new Error(`${stdout}\n${stderr}`);
  // A service is waited for once it is known to send spans, so the first ones may come late.
  await project.get('/first', 'shop.localhost');
  const whole = async () => {
    const last = await project.opta(['trace', '--last', '1', '--json']);
    expect(JSON.parse(last.stdout).traces[0]?.hops).toHaveLength(8);
  };
  await vi.waitFor(whole, { timeout: 120_000, interval: 50 });
});

afterAll(() => project.remove());

const url = (path: string) => `https://shop.localhost:${project.httpsPort}${path}`;

/** Whether it happened while its parent did, to a microsecond. The first hop's parent is the sender, who sent no span. */
function isWithin(hop: Hop, hops: readonly Hop[]): boolean {
  const parent = hops.find(({ id }) => id === hop.parent);
  if (parent === undefined) return hop === hops[0];
  return hop.start >= parent.start && hop.start + hop.ms <= parent.start + parent.ms + 1e-3;
}

describe('opta trace', () => {
  test('shows every hop down to the query, each within its parent, and the replica that really answered', async () => {
    const { code, stdout } = await project.opta(['trace', url('/shelf?key=secret'), '--json']);
    expect(code).toBe(0);
    const { sent, trace } = JSON.parse(stdout) as { sent: Sent; trace: Trace };
    expect(sent).toMatchObject({ status: 200, tls: { version: 'TLSv1.3', certificate: { verified: true } } });
    expect(trace.hops.map(({ kind, service }) => `${kind} ${service}`)).toEqual([
      'edge opta/ingress',
      'route opta/ingress',
      'outbound opta/ingress',
      'inbound shop/web',
      'outbound shop/web',
      'inbound shop/data',
      'app shop/data',
      'query shop/data',
    ]);
    expect(trace.hops.filter((hop) => hop.parent !== undefined && !isWithin(hop, trace.hops))).toEqual([]);
    const answered = (await project.opta(['trace', url('/'), '--json'])).stdout;
    const { trace: second } = JSON.parse(answered) as { trace: Trace };
    const [said, app] = ['outbound', 'app'].map((kind) => second.hops.findLast((hop) => hop.kind === kind));
    // The app's own number came with the address that it sends its spans to.
    expect(app?.replica).toMatch(/^[01]$/);
    expect(said?.peer?.replica).toBe(app?.replica);
    expect(trace.unseen).toEqual(['shop/web sends no spans: what it did inside, its queries included, was not seen.']);
  });

  test('holds for every one of 200 requests, eight at a time: whole, each hop within its parent, the right replica', async () => {
    const edge = { httpsPort: project.httpsPort, ca: readFileSync(project.authority, 'utf8') };
    const name = 'shop.localhost';
    const answered = new Map<string, string>();
    const send = async (count: number) => {
      for (let left = count; left > 0; left -= 1) {
        const id = randomBytes(16).toString('hex');
        const headers = { traceparent: `00-${id}-${randomBytes(8).toString('hex')}-01` };
        const { status, body } = await ask(edge, '/many', { host: name, servername: name, headers });
        expect(status).toBe(200);
        answered.set(id, body);
      }
    };
    const seen = new Map<string, Trace>();
    const replicas = () => new Set(answered.values()).size;
    // A replica that was slow once is left alone for a while.
    let rounds = 0;
    for (; rounds < 4 || replicas() < 2; rounds += 1) {
      const before = answered.size;
      await Promise.all(Array.from({ length: 8 }, (_, at) => send(at < 2 ? 7 : 6)));
      expect(answered.size - before).toBe(50);
      // Apps send their spans after they have answered.
      const recent = async () => {
        const { stdout } = await project.opta(['trace', '--last', '50', '--json']);
        return (JSON.parse(stdout) as { traces: readonly Trace[] }).traces.filter(({ id }) => answered.has(id));
      };
      await expect
        .poll(async () => (await recent()).map(({ hops }) => hops.length))
        .toEqual(Array.from({ length: 50 }, () => 8));
      for (const trace of await recent()) seen.set(trace.id, trace);
    }
    expect(seen.size).toBe(50 * rounds);
    for (const { id, hops } of seen.values()) {
      expect(hops.filter((hop) => hop.parent !== undefined && !isWithin(hop, hops))).toEqual([]);
      const toData = hops.filter(({ kind, peer }) => kind === 'outbound' && peer?.service === 'shop/data');
      expect(toData.map(({ peer }) => peer?.replica)).toEqual([answered.get(id)]);
    }
    expect(replicas()).toBe(2);
  });

  test('draws it, and what passed before', async () => {
    const { stdout } = await project.opta([
      'trace',
      url('/drawn'),
      '-X',
      'post',
      '-H',
      'X-Kind: test',
      '-d',
      '{"a": 1}',
    ]);
    expect(stdout).toContain(`POST ${url('/drawn')}`);
    for (const text of ['DNS', 'TLSv1.3', 'opta local CA', 'verified', 'mTLS', 'postgresql: SELECT rows', 'Not seen'])
      expect(stdout).toContain(text);
    expect(stdout).toMatch(/shop\/web: to shop\/data replica [01], mTLS +200 +[\d.]+ ms/);
    const last = await project.opta(['trace', '--last', '2']);
    expect(last.stdout).toContain(`POST ${url('/drawn')}  200`);
  });

  test('says what is wrong with the line, and when nothing answers', async () => {
    expect(await project.opta(['trace'])).toMatchObject({ code: 2, stderr: expect.stringContaining('error[usage]') });
    expect(await project.opta(['trace', 'shop'])).toMatchObject({ code: 2 });
    expect(await project.opta(['trace', '--last', '0'])).toMatchObject({ code: 2 });
    const silent = await project.opta(['trace', 'https://shop.localhost:1/']);
    expect(silent).toMatchObject({ code: 1, stderr: expect.stringContaining('error[ingress-silent]') });
  });
});

/** 500 requests a second of the echo from a process of its own; resolves when the last one has ended. */
function load(seconds: number): Promise<RateResult> {
  const child = fork(fileURLToPath(new URL('../../support/rate-process.ts', import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const order: RateOrder = {
    ...{ port: project.httpsPort, host: 'shop.localhost', path: '/echo/load' },
    ...{ perSecond: 500, seconds },
  };
  child.send(order);
  return new Promise((resolve, reject) => {
    child.once('message', (result: RateResult) => {
      child.disconnect();
      resolve(result);
    });
    child.once('error', reject);
  });
}

describe.skipIf(browserPath === undefined)('opta dev view (skipped where no Chromium is on PATH)', () => {
  let view: Bin;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const elsewhere = new Set<string>();

  beforeAll(async () => {
    view = project.start(['dev', 'view', '--no-open']);
    await view.says('http://127.0.0.1');
    browser = await openBrowser();
    page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(120_000);
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
    page.on('pageerror', (error) => void problems.push(error.message));
    page.on('request', (asked) => void elsewhere.add(new URL(asked.url()).origin));
    await page.goto(view.stdout().trim());
    await page.getByText('live', { exact: true }).waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    view?.child.kill('SIGINT');
    expect(await view?.ended).toMatchObject({ code: 130, stderr: '' });
  });

  test('shows the map with the state of each service', async () => {
    await page.locator('.spot.ready[data-id="shop/web"]').waitFor();
    await page.locator('.spot.ready[data-id="shop/data"]', { hasText: 'ready 2/2' }).waitFor();
    expect(await page.locator('h1').textContent()).toContain('shop');
  });

  test('shows a request that a terminal sends, its figures on the edge, and its log line', async () => {
    const shown = page.locator('.request', { hasText: '/from-a-terminal' }).waitFor();
    await project.get('/from-a-terminal', 'shop.localhost');
    const began = performance.now();
    await shown;
    console.log(`a request is shown after ${Math.round(performance.now() - began)} ms`);
    await page.locator('svg .words', { hasText: /mTLS/ }).first().waitFor();
    await page.locator('#lines', { hasText: 'asked for /from-a-terminal' }).waitFor();
  });

  test('is used with the keyboard: a request chosen with the arrows shows its waterfall', async () => {
    await page.keyboard.press('r');
    await page.keyboard.press('ArrowDown');
    await page.locator('.hop[data-kind="query"]', { hasText: 'postgresql: SELECT rows' }).waitFor();
    expect(await page.locator('.request[aria-selected="true"]').count()).toBe(1);
    await page.keyboard.press('m');
    await page.locator('.spot[data-id="shop/data"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('#logs-title', { hasText: 'shop/data' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#logs-title', { hasText: 'all services' }).waitFor();
  });

  test('is dark and light as the system is', async () => {
    const colour = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await colour();
    await page.emulateMedia({ colorScheme: 'light' });
    expect(dark).not.toBe(await colour());
  });

  test('stays quick while 500 requests a second pass: few updates, keys are obeyed, a terminal is heard', async () => {
    const began = performance.now();
    await page.evaluate(`
      window.updates = 0;
      new EventSource('events').addEventListener('now', () => (window.updates += 1));
    `);
    const loading = load(6);
    await page
      .locator('svg .words', { hasText: /\d\/s · 100/ })
      .first()
      .waitFor();
    const pressed = performance.now();
    await page.keyboard.press('r');
    await page.keyboard.press('ArrowDown');
    await page.locator('.request.chosen').waitFor();
    console.log(`a key is obeyed after ${Math.round(performance.now() - pressed)} ms under load`);
    const sent = performance.now();
    await project.get('/amid-the-load', 'shop.localhost');
    await page.locator('.request', { hasText: '/amid-the-load' }).waitFor();
    console.log(`a terminal's request is shown after ${Math.round(performance.now() - sent)} ms under load`);
    const { offered, passed, seconds, failures } = await loading;
    console.log(`${passed} of ${offered} passed meanwhile, ${Math.round(passed / seconds)} a second`);
    expect(failures).toEqual({});
    expect(passed).toBe(3000);
    const updates = Number(await page.evaluate('window.updates'));
    expect(updates).toBeLessThanOrEqual(((performance.now() - began) / 1000) * 4 + 2);
    // Of one name no more is drawn than can be read: ten in 2.5 s, and as many while its name is not whole yet.
    const windows = 2 + (performance.now() - began) / 2500;
    expect(await page.locator('.request', { hasText: '/echo/load' }).count()).toBeLessThanOrEqual(20 * windows);
  });

  test('asked for nothing from elsewhere, and nothing went wrong', () => {
    expect([...elsewhere]).toEqual([new URL(view.stdout().trim()).origin]);
    expect(problems).toEqual([]);
  });
});
