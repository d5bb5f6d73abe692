/** Events of runs as a user meets them, a second apart, for renderers to draw. */
import type { Event, Said } from '../../src/engine/event.ts';

export const startOfScenes = 1_700_000_000_000;

/** `said` with times a second apart, the first at `startOfScenes`. */
export function timed(said: readonly Said[]): Event[] {
  return said.map((one, at) => ({ ...one, at: startOfScenes + at * 1000 }) as Event);
}

const plan: Said = {
  type: 'plan',
  goal: 'up',
  target: 'process',
  reason: 'no container engine answers here',
  steps: [
    { id: 'ca', title: 'make the certificate of shop', kind: 'change', needs: [] },
    { id: 'install', title: 'install packages of shop/api', kind: 'change', needs: [] },
    { id: 'db', title: 'start shop/db', kind: 'change', needs: ['ca'] },
    { id: 'api', title: 'start shop/api', kind: 'change', needs: ['install', 'db'] },
    { id: 'ready', title: 'shop/api answers', kind: 'wait', needs: ['api'] },
  ],
};

const resource = (state: 'starting' | 'ready', ready: number): Said => ({
  type: 'service',
  service: 'shop/db',
  kind: 'resource',
  state,
  ready,
  wanted: 1,
});

/** The middle of a run: one step done, two under way, a database that starts. */
export const middle: readonly Said[] = [
  plan,
  { type: 'step', id: 'ca', state: 'running' },
  { type: 'step', id: 'install', state: 'running' },
  { type: 'step', id: 'ca', state: 'done', ms: 120 },
  { type: 'step', id: 'db', state: 'running' },
  { type: 'note', id: 'install', why: 'npm ci' },
  { type: 'progress', id: 'install', done: 14_000_000, total: 40_000_000, unit: 'bytes' },
  resource('starting', 0),
];

const started: readonly Said[] = [
  ...middle,
  { type: 'step', id: 'install', state: 'done', ms: 5000 },
  resource('ready', 1),
  { type: 'step', id: 'db', state: 'done', ms: 6000 },
  { type: 'step', id: 'api', state: 'running' },
  { type: 'step', id: 'api', state: 'done', ms: 1000 },
  { type: 'step', id: 'ready', state: 'running' },
  {
    type: 'service',
    service: 'shop/api',
    kind: 'service',
    state: 'starting',
    ready: 0,
    wanted: 2,
    why: 'no answer on port 4001 yet',
  },
];

/** A run that ended well. */
export const well: readonly Said[] = [
  ...started,
  {
    type: 'service',
    service: 'shop/api',
    kind: 'service',
    state: 'ready',
    ready: 2,
    wanted: 2,
    url: 'https://shop.localhost:8443/api',
  },
  { type: 'step', id: 'ready', state: 'done', ms: 2000 },
  {
    type: 'address',
    title: 'shop',
    url: 'https://shop.localhost:8443',
    plainUrl: 'https://127.0.0.1:8443',
    host: 'shop.localhost',
  },
  {
    type: 'end',
    outcome: 'done',
    ms: 14_000,
    criticalPath: [
      { id: 'ca', ms: 120 },
      { id: 'db', ms: 6000 },
      { id: 'ready', ms: 2000 },
    ],
  },
];

const line = (text: string): Said => ({
  type: 'log',
  service: 'shop/api',
  replica: 1,
  stream: 'stderr',
  line: text,
});

/** A run whose service does not start. */
export const badly: readonly Said[] = [
  ...started,
  line('listening on 4001'),
  line('Error: connect ECONNREFUSED 127.0.0.1:5432 — 資料庫沒有回應'),
  {
    type: 'service',
    service: 'shop/api',
    kind: 'service',
    state: 'failed',
    ready: 0,
    wanted: 2,
    restarts: 3,
    why: 'exited with code 1',
  },
  {
    type: 'step',
    id: 'ready',
    state: 'failed',
    ms: 4000,
    failure: {
      code: 'step-timeout',
      message: 'shop/api answers: not within 4 s',
      hints: ['Look at its last lines.'],
      detail: ['Error: connect ECONNREFUSED 127.0.0.1:5432'],
      place: { file: 'opta.yaml', line: 7, column: 5, length: 4, source: '    port: 4001' },
    },
  },
  { type: 'end', outcome: 'failed', ms: 17_000, criticalPath: [{ id: 'ready', ms: 4000 }] },
];
