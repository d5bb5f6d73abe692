/** Every screen at every width from 40 to 200 columns: what holds for all of them, with long and foreign names and long URLs. */
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { type Checked, failed, ok, skipped } from '../../src/engine/check.ts';
import type { Said } from '../../src/engine/event.ts';
import { foldAll } from '../../src/engine/progress.ts';
import type { Hop, Sent, Trace } from '../../src/engine/trace.ts';
import { formatChecks } from '../../src/ui/checks.ts';
import { endedBy } from '../../src/ui/ended.ts';
import type { View } from '../../src/ui/frame.ts';
import { resultText, reviewText } from '../../src/ui/promotion.ts';
import { screenLines } from '../../src/ui/screen-lines.ts';
import { table } from '../../src/ui/table.ts';
import { plainTheme, type Theme } from '../../src/ui/theme.ts';
import { tracesText, traceText } from '../../src/ui/trace/text.ts';
import { keyTitles } from '../../src/ui/view-state.ts';
import { badly, middle, startOfScenes, timed, well } from '../support/scenes.ts';

const widths = [40, 41, 44, 50, 60, 79, 80, 81, 100, 120, 160, 200];
const rich: Theme = { color: true, unicode: true, links: true };
const long = 'a-layer-with-a-name-as-long-as-names-may-be/a-service-whose-name-is-longer-still';
const url = 'https://a-layer-with-a-long-name.localhost:8443/api';
const shop = 'https://shop.localhost:8443';
const longUrl = `https://${'a-subdomain-'.repeat(6)}x.localhost:8443/${'path/'.repeat(20)}end`;

/** What holds of every text for a terminal: it fits, colours and links change nothing else, and a URL that fits a line is whole. */
function holds(draw: (theme: Theme) => string, width: number, urls: readonly string[] = []): void {
  const text = draw({ ...plainTheme, unicode: true });
  const lines = text.split('\n');
  expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
  expect(text).not.toContain('\u001b');
  expect(stripVTControlCharacters(draw(rich))).toBe(text);
  for (const one of urls) {
    if (one.length <= width) expect(lines.filter((line) => line.includes(one))).not.toEqual([]);
    else expect(text.replaceAll(/\s/g, '')).toContain(one);
  }
}

/** Every target of a link of OSC 8. */
const targets = (text: string): Set<string> =>
  new Set(
    text
      .split('\u001b]8;;')
      .slice(1)
      .flatMap((part) => part.split('\u001b')[0] || []),
  );

describe.each(widths)('in %i columns', (width) => {
  const many: readonly Said[] = [
    long,
    'shop/größe',
    'shop/資料庫',
    ...Array.from({ length: 9 }, (_, at) => `s/${at}`),
  ].map(
    (service, at): Said => ({
      type: 'service',
      ...{ service, kind: 'service', ready: 1, wanted: 12, restarts: at, url: at % 2 === 0 ? url : longUrl },
      state: (['ready', 'failed', 'starting', 'restarting'] as const)[at % 4] ?? 'ready',
      why: 'no answer on port 4001 yet: 資料庫沒有回應, and a reason that fits in no narrow terminal at all, ever',
    }),
  );
  const logs: readonly Said[] = [long, 'shop/größe'].flatMap((service) =>
    ['short', `a long line ${'資料庫 '.repeat(60)}`, '\u{1f469}\u200d\u{1f469}\u200d\u{1f466} family'].map(
      (line): Said => ({ type: 'log', service, replica: 11, stream: 'stdout', line }),
    ),
  );
  const addresses: readonly Said[] = [
    { type: 'address', title: 'shop', url },
    {
      type: 'address',
      title: long,
      url,
      plainUrl: 'https://127.0.0.1:8443/api',
      host: 'a-layer-with-a-long-name.localhost',
    },
    { type: 'address', title: 'größe', url: longUrl },
  ];
  const busy = [...middle, ...many, ...logs, ...addresses];
  const views: readonly (readonly [View, height: number])[] = [
    [{ logs: false }, 50],
    [{ logs: true }, 24],
    [{ logs: true, service: long }, 12],
    [{ logs: true, filter: 'nothing has this, which is longer than the head of the pane', typing: true }, 24],
    [{ logs: true, service: long, filter: '資料庫' }, 40],
  ];
  const keys = [{ key: 'o', title: 'open', act: () => {} }];

  test.each([
    ['under way', busy],
    ['well', [...well, ...addresses]],
    ['failed', [...badly, ...logs]],
  ])('dev up and promote, %s', (_, said) => {
    const picture = foldAll(timed(said));
    for (const [view, height] of views) {
      const draw = (theme: Theme) =>
        screenLines({ picture, view, size: { width, height }, now: startOfScenes + 90_000, theme, keys }).join('\n');
      const hasRoom = height === 50 && picture.addresses.length > 0;
      holds(draw, width, hasRoom ? [url, longUrl] : []);
      const lines = draw(plainTheme).split('\n');
      expect(lines.length).toBeLessThan(height);
      for (const { key } of keyTitles(view, keys)) expect(lines.some((line) => line.includes(`${key} `))).toBe(true);
      const linked = targets(draw(rich));
      if (hasRoom) expect([...linked]).toEqual(expect.arrayContaining([url, longUrl]));
      for (const target of linked) expect([url, longUrl, shop, `${shop}/api`]).toContain(target);
    }
  });

  test('steps that have ended', () => {
    const events = timed([...well]);
    for (const [at, event] of events.entries()) {
      const picture = foldAll(events.slice(0, at + 1));
      if (event.type === 'step') holds((theme) => endedBy(event, picture, width, theme) ?? '', width);
    }
  });

  test('marks and frames of ASCII alone', () => {
    const picture = foldAll(timed([...middle, ...well]));
    const draw = screenLines({
      picture,
      view: { logs: true },
      size: { width, height: 30 },
      now: 0,
      theme: plainTheme,
      keys,
    });
    expect(draw.join('')).toMatch(/^[ -~]*$/);
    expect(formatChecks(checks, plainTheme, width)).toMatch(/^[\n -~]*$/);
    expect(traceText(trace, sent, { columns: width, theme: plainTheme })).toMatch(/^[\n -~]*$/);
  });

  test('doctor', () => {
    holds((theme) => formatChecks(checks, theme, width), width);
    // What is pasted into a shell is the command, however many lines it has here.
    const command = formatChecks(checks, plainTheme, width).replaceAll(/ \\\n */g, ' ');
    expect(command).toContain(
      "-> sudo sysctl -w fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288 'a b'\n",
    );
  });

  test('trace', () => {
    holds((theme) => traceText(trace, sent, { columns: width, theme }), width, [url]);
    holds((theme) => traceText(trace, { ...sent, url: longUrl }, { columns: width, theme }), width, [longUrl]);
    holds((theme) => tracesText([trace, trace], { columns: width, theme }), width);
    holds((theme) => traceText(undefined, sent, { columns: width, theme }), width, [url]);
  });

  test('promote', () => {
    holds((theme) => reviewText(review, theme, width), width);
    holds((theme) => reviewText({ ...review, changes: [] }, theme, width), width);
    const text = reviewText(review, plainTheme, width);
    // Nobody approves what is cut off.
    for (const name of [long, 'because of engineVersion', 'DATA LOSS'])
      expect(text.replaceAll(/\s+/g, '')).toContain(name.replaceAll(' ', ''));
    holds((theme) => resultText(result, theme, width), width, [url, longUrl]);
  });

  test('a table, whose address stays whole', () => {
    const rows = [
      ['service', 'state', 'replicas', 'address'],
      [long, 'ready', '2/2', url],
      ['shop/größe', 'ready', '1/1', longUrl],
    ];
    holds(() => table(rows, width), width, [url, longUrl]);
  });
});

const check = (id: string, verdict: Checked['verdict'], severity: 'fatal' | 'warning' = 'warning'): Checked => ({
  check: { id, category: 'This machine', title: `${id} is as it should be`, severity, ask: async () => verdict },
  verdict,
  ms: 1,
});
const checks = [
  check('node', ok('24.1.0')),
  check('disk', ok('the disk of the project has room: 64.0 GB of 128.0 GB')),
  check(
    'a-check-with-a-long-name-that-is-said',
    failed('it is full, and a reason that fits in no narrow terminal'),
    'fatal',
  ),
  check(
    'inotify',
    failed('max_user_instances is 128, below 512', [
      ...['sudo', 'sysctl', '-w', 'fs.inotify.max_user_instances=512', 'fs.inotify.max_user_watches=524288', 'a b'],
    ]),
  ),
  check('engine', skipped('no container engine is installed; not needed for the process target')),
];

const identity = 'data.shop.serviceaccount.identity.linkerd.cluster.local';
const hops: readonly Hop[] = Array.from(
  { length: 14 },
  (_, at): Hop => ({
    ...{ id: `h${at}`, kind: at % 2 === 0 ? 'outbound' : 'inbound', service: at === 0 ? 'opta/ingress' : long },
    ...(at > 0 && { parent: `h${at - 1}` }),
    ...{ name: 'catalog.v1.Catalog/ListProducts', start: 1000 + at, ms: 12345, status: 'grpc 14', failed: at === 3 },
    peer: { service: 'shop/data', identity, mtls: true, replica: '1' },
    ...(at === 3 && { refused: `${long} may not call shop/data: the link is missing.` }),
  }),
);
const trace: Trace = {
  ...{ id: 'f'.repeat(32), name: `GET ${url}`, start: 1000, ms: 400, status: '200', failed: false, hops },
  unseen: [`${long} sends no spans: what it did inside, its queries included, was not seen.`],
};
const sent: Sent = {
  ...{
    method: 'GET',
    url,
    dialled: '127.0.0.1:8443',
    connectedAt: 2,
    firstByteAt: 40,
    endedAt: 41,
    status: 200,
    bytes: 10,
  },
  dns: { name: 'a-layer-with-a-long-name.localhost', addresses: ['127.0.0.1', '::1'], ms: 1 },
  tls: {
    ...{ version: 'TLSv1.3', protocol: 'http/1.1', cipher: 'TLS_AES_256_GCM_SHA384', doneAt: 5 },
    certificate: {
      subject: '',
      names: ['*.a-layer-with-a-long-name.localhost'],
      issuer: 'opta local CA',
      validTo: 0,
      verified: false,
    },
  },
};

const change = {
  stack: 'data',
  type: 'aws:rds/instance:Instance',
  diff: ['engineVersion', 'instanceClass'],
  replaceKeys: [],
};
const review = {
  title: 'brave-otter (0123456789ab) to production',
  changes: [
    { ...change, name: long, kind: 'replace', risk: 'data', replaceKeys: ['engineVersion'] },
    { ...change, name: 'shop-db', kind: 'update', risk: 'outage' },
    ...['a', 'b', 'c', 'd'].map((name) => ({ ...change, name, kind: 'create', risk: 'add' })),
  ],
  riskTitles: { data: 'DATA LOSS', outage: 'outage', add: 'new' },
  cost: '$123 to $456 a month',
  delta: 'at least +$123 a month',
  hash: 'f'.repeat(64),
};
const result = {
  ...{ environment: 'production', cloud: 'aws', region: 'eu-central-1', rehearsal: true },
  release: { hash: '0123456789ab', alias: 'brave-otter' },
  stacks: [
    {
      stack: 'data',
      resources: ['aws:rds/instance:Instance', 'aws:kms/key:Key'].map((type) => ({ type, name: type })),
    },
  ],
  platform: [
    { name: 'linkerd-control-plane', version: '2026.6.3', values: { highAvailability: true, disableHeartBeat: true } },
    { name: 'ingress-nginx', version: '1.15.1', values: { controller: { replicaCount: 2, watch: ['a', 'b'] } } },
  ],
  objects: ['Deployment', 'Service', 'HorizontalPodAutoscaler'].map((kind) => ({ kind })),
  cost: { says: '$123 to $456 a month' },
  natAddresses: ['203.0.113.10', '203.0.113.11', '203.0.113.12'],
  urls: [url, longUrl],
};
