/** The view's server: who is let in, what is sent, and that it is folded on this side. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { get, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Picture } from '../../../src/app/picture.ts';
import type { Event } from '../../../src/engine/event.ts';
import type { Trace } from '../../../src/engine/trace.ts';
import { nodeClock } from '../../../src/system/clock.ts';
import { serveView, type View } from '../../../src/ui/view/server.ts';

const picture: Picture = {
  target: 'process',
  environment: 'local',
  layers: ['shop'],
  areas: [],
  spots: [
    { id: 'ingress', kind: 'ingress', title: 'ingress', facts: ['ends TLS'], sidecar: true },
    { id: 'shop/web', kind: 'service', title: 'web', facts: [], sidecar: true },
  ],
  edges: [{ from: 'ingress', to: 'shop/web', protocol: 'HTTP 80', security: 'mTLS', because: 'public', facts: [] }],
  access: [],
  undecided: [],
};
const trace: Trace = { id: 'a'.repeat(32), name: 'GET /', start: 1, ms: 2, failed: false, hops: [], unseen: [] };

const ending = new AbortController();
let view: View;
let tell: (event: Event) => void = () => {};
let asked = 0;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'opta-view-'));
  for (const name of ['index.html', 'page.js', 'page.css']) await writeFile(join(folder, name), `<${name}>`);
  const feed = {
    picture,
    watch: (act: (event: Event) => void, signal: AbortSignal) => {
      tell = act;
      return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
    edges: async () => {
      asked += 1;
      return [];
    },
    traces: async (after: number) => ({ upTo: 1, traces: after < 1 ? [trace] : [] }),
  };
  view = await serveView(feed, { clock: nodeClock, folder, port: 0, signal: ending.signal });
});

afterAll(async () => {
  ending.abort();
  await view.ended;
});

function ask(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      request(new URL(path, view.url), options, async (response) => {
        let body = '';
        for await (const chunk of response.setEncoding('utf8')) body += chunk;
        resolve({ status: response.statusCode, headers: response.headers, body });
      })
        .on('error', reject)
        .end();
    },
  );
}

describe('who knows the token', () => {
  test('gets the page, which may load nothing from elsewhere', async () => {
    const { status, headers, body } = await ask('');
    expect([status, body]).toEqual([200, '<index.html>']);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect((await ask('page.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await ask('other.js')).status).toBe(404);
  });

  test('is refused under another name, and for anything but reading', async () => {
    expect((await ask('', { headers: { host: 'evil.example' } })).status).toBe(404);
    expect((await ask('', { method: 'POST' })).status).toBe(404);
  });
});

test.each(['/', `/${'0'.repeat(32)}/`, `/${'0'.repeat(32)}/events`, '/../page.js'])(
  '%s without the token is refused',
  async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body).toContain('token');
  },
);

/** Events of the stream as they come; ends when `enough` says so. */
function stream(enough: (events: { name: string; data: unknown }[]) => boolean) {
  return new Promise<{ name: string; data: unknown }[]>((resolve, reject) => {
    const events: { name: string; data: unknown }[] = [];
    let text = '';
    const asking = get(new URL('events', view.url), (response) => {
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const parts = (text + chunk).split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) {
          const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(part) ?? [];
          events.push({ name, data: JSON.parse(data) });
        }
        if (!enough(events)) return;
        asking.destroy();
        resolve(events);
      });
    }).on('error', reject);
  });
}

test('a page is told the map, then what changes; logs come in bundles, and too many are left out and counted', async () => {
  const flood = (): void => {
    for (let i = 0; i < 1000; i += 1)
      tell({ type: 'log', at: i, service: 'shop/web', replica: 0, stream: 'stdout', line: `line ${i}` });
  };
  const told = stream((events) => events.filter(({ name }) => name === 'logs').length > 1);
  tell({ type: 'service', at: 0, service: 'shop/web', kind: 'service', state: 'ready', ready: 2, wanted: 2 });
  flood();
  const events = await told;
  expect(events[0]).toMatchObject({ name: 'map', data: { lines: [{ from: 'ingress', to: 'shop/web' }] } });
  const bundle = events.filter(({ name }) => name === 'logs').at(-1)?.data;
  expect(bundle).toMatchObject({ dropped: 900 });
  expect((bundle as { lines: unknown[] }).lines).toHaveLength(100);
  expect(events.filter(({ name }) => name === 'traces').at(-1)?.data).toEqual([trace]);
  expect(events.some(({ name, data }) => name === 'now' && JSON.stringify(data).includes('"ready"'))).toBe(true);
});

test('nothing is asked while no page is open', async () => {
  const until = async (quiet: number): Promise<number> => {
    await nodeClock.sleep(600);
    return asked === quiet ? quiet : until(asked);
  };
  expect(await until(asked)).toBe(asked);
});
