/** The page of the web view: takes server-sent events, draws what they add up to, once a frame at most. */
import type { Trace } from '../../../engine/trace.ts';
import type { Now, Updates } from '../wire.ts';
import { part } from './dom.ts';
import { addLogs, drawLogs } from './logs.ts';
import { drawMap, updateMap } from './map.ts';
import { drawLife, drawRequests, showChosen } from './requests.ts';

const tracesKept = 100;

let map: ReturnType<typeof drawMap> | undefined;
let now: Now = { services: [], edges: [] };
let traces: Trace[] = [];
/** Id of the chosen request, and the spot whose requests and logs are shown. */
let request: string | undefined;
let spot: string | undefined;
let paused = false;
const stale = new Set<'map' | 'requests' | 'logs'>();

function redraw(...parts: ('map' | 'requests' | 'logs')[]): void {
  if (stale.size === 0) requestAnimationFrame(draw);
  for (const one of parts) stale.add(one);
}

function draw(): void {
  const parts = new Set(stale);
  stale.clear();
  if (parts.has('map') && map !== undefined) updateMap(map, now, spot);
  if (parts.has('requests')) {
    drawRequests(shown(), request, chooseRequest);
    drawLife(traces.find(({ id }) => id === request));
  }
  if (parts.has('logs')) drawLogs(serviceOf(spot));
}

/** Requests that the chosen service took part in. */
function shown(): readonly Trace[] {
  const service = serviceOf(spot);
  return service === undefined ? traces : traces.filter(({ hops }) => hops.some((hop) => hop.service === service));
}

const serviceOf = (id: string | undefined): string | undefined => (id?.includes('/') ? id : undefined);

function chooseRequest(id: string): void {
  request = id;
  redraw('requests');
}

function chooseSpot(id: string): void {
  spot = spot === id ? undefined : id;
  redraw('map', 'requests', 'logs');
}

function on<K extends keyof Updates>(events: EventSource, name: K, act: (data: Updates[K]) => void): void {
  events.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data) as Updates[K]));
}

function listen(): void {
  const events = new EventSource('events');
  events.addEventListener('open', () => say('live'));
  events.addEventListener('error', () => say('what it shows has ended, or cannot be reached'));
  on(events, 'map', (data) => {
    map = drawMap(data, chooseSpot);
    redraw('map');
  });
  on(events, 'now', (data) => {
    now = data;
    redraw('map');
  });
  on(events, 'logs', (data) => {
    addLogs(data);
    if (!paused) redraw('logs');
  });
  on(events, 'traces', (data) => {
    if (paused) return;
    const changed = new Set(data.map(({ id }) => id));
    const newest = [...data, ...traces.filter(({ id }) => !changed.has(id))].sort((a, b) => b.start - a.start);
    // The one that is read stays, however many come after it.
    traces = newest.filter(({ id }, at) => at < tracesKept || id === request);
    redraw('requests');
  });
}

function say(text: string): void {
  part('link').textContent = paused ? 'paused' : text;
}

function move(by: number): void {
  const list = shown();
  const at = list.findIndex(({ id }) => id === request);
  const next = list[Math.max(0, Math.min(list.length - 1, at === -1 ? 0 : at + by))];
  if (next === undefined) return;
  request = next.id;
  redraw('requests');
  requestAnimationFrame(() => showChosen(next.id));
}

const keys: Readonly<Record<string, () => void>> = {
  r: () => part('list').focus(),
  l: () => part('lines').focus(),
  m: () => document.querySelector<SVGElement>('.spot')?.focus(),
  p: () => {
    paused = !paused;
    say('live');
  },
  Escape: () => {
    spot = undefined;
    redraw('map', 'requests', 'logs');
  },
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inList = document.activeElement === part('list');
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
  if (inList && step !== undefined) {
    event.preventDefault();
    move(step);
  } else keys[event.key]?.();
});

redraw('requests', 'logs');
listen();
