/** The live map: drawn once, then only its figures and states change. */
import type { EdgeNow, MapShape, Now, ServiceNow } from '../wire.ts';
import { part, svg } from './dom.ts';

interface Drawn {
  readonly spots: ReadonlyMap<string, { readonly group: SVGElement; readonly figure: SVGElement }>;
  readonly lines: ReadonlyMap<string, { readonly path: SVGElement; readonly words: SVGElement; readonly how: string }>;
}

export function drawMap(map: MapShape, choose: (service: string) => void): Drawn {
  const spots = new Map(map.spots.map((spot) => [spot.id, spotOf(spot, choose)]));
  const lines = new Map(
    map.lines.map((line) => {
      const path = svg('path', { class: 'line', d: line.path });
      const words = svg('text', { class: 'words', x: line.x, y: line.y, 'text-anchor': 'middle' });
      return [`${line.from} ${line.to}`, { path, words, how: line.security }];
    }),
  );
  const areas = map.areas.flatMap(({ x, y, width, height, title, depth }) => [
    svg('rect', { class: depth % 2 === 0 ? 'area' : 'area odd', x, y, width, height, rx: 10 }),
    svg('text', { class: 'words', x: x + 16, y: y + 24 }, title),
  ]);
  const size = { viewBox: `0 0 ${map.width} ${map.height}`, role: 'group', 'aria-label': map.title };
  const all = [...lines.values()];
  const children = [...areas, ...all.map(({ path }) => path), ...[...spots.values()].map(({ group }) => group)];
  part('map').replaceChildren(svg('svg', size, ...children, ...all.map(({ words }) => words)));
  part('title').textContent = map.title;
  return { spots, lines };
}

function spotOf(spot: MapShape['spots'][number], choose: (service: string) => void) {
  const { id, x, y, width, height, title } = spot;
  const figure = svg('text', { class: 'figure', x: x + 12, y: y + 40 });
  const group = svg(
    'g',
    { class: 'spot', tabindex: 0, role: 'button', 'data-id': id, 'aria-label': title },
    svg('rect', { x, y, width, height, rx: 7 }),
    svg('text', { class: 'name', x: x + 12, y: y + 22 }, title),
    figure,
  );
  group.addEventListener('click', () => choose(id));
  group.addEventListener('keydown', (event) => {
    if ((event as KeyboardEvent).key !== 'Enter' && (event as KeyboardEvent).key !== ' ') return;
    event.preventDefault();
    choose(id);
  });
  return { group, figure };
}

export function updateMap({ spots, lines }: Drawn, { services, edges }: Now, chosen: string | undefined): void {
  const states = new Map(services.map((service) => [service.id, service]));
  for (const [id, { group, figure }] of spots) {
    const service = states.get(id);
    const incoming = edges.filter(({ to }) => to === id).reduce((sum, { perSecond }) => sum + perSecond, 0);
    const text =
      service === undefined ? '' : `${stateWords(service)}${incoming > 0 ? ` · ${incoming.toFixed(1)}/s` : ''}`;
    group.setAttribute('class', `spot ${service?.state ?? ''}${id === chosen ? ' chosen' : ''}`);
    group.setAttribute('aria-label', `${id}${text === '' ? '' : `, ${text}`}`);
    group.setAttribute('aria-pressed', String(id === chosen));
    setText(figure, text);
  }
  const seen = new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge]));
  for (const [key, { path, words, how }] of lines) {
    const edge = seen.get(key);
    const failing = edge?.success !== undefined && edge.success < 0.999;
    path.setAttribute('class', `line${failing ? ' failing' : (edge?.perSecond ?? 0) > 0 ? ' active' : ''}`);
    words.setAttribute('class', failing ? 'words failing' : 'words');
    setText(words, edge === undefined ? how : edgeWords(edge));
  }
}

const stateWords = ({ state, ready, wanted, why }: ServiceNow): string =>
  `${state} ${ready}/${wanted}${why === undefined ? '' : `, ${why.slice(0, 30)}`}`;

function edgeWords(edge: EdgeNow): string {
  const { perSecond, success, p50, p95, p99, refused, retriesPerSecond, requests, mtls } = edge;
  const more = [
    ...(retriesPerSecond > 0 ? [`${retriesPerSecond} retries/s`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ];
  const secured = mtls ? 'mTLS' : 'no mTLS';
  if (success === undefined) return [`${requests} requests`, secured, ...more].join(' · ');
  const rate = `${(Math.floor(success * 1000) / 10).toFixed(1)} %`;
  return [`${perSecond}/s`, rate, `p50 ${p50} p95 ${p95} p99 ${p99} ms`, secured, ...more].join(' · ');
}

function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
