/** The network picture as a Mermaid flowchart. */
import type { Area, Edge, Picture, Spot } from '../../app/picture.ts';
import { areasIn, edgeWords, replicasOf, spotsIn, titleOf } from './words.ts';

/** Mermaid's own escapes: inside quotes only these letters have a meaning. */
const escapes: Readonly<Record<string, string>> = {
  '#': '#35;',
  '"': '#quot;',
  '&': '#amp;',
  '<': '#lt;',
  '>': '#gt;',
  '`': '#96;',
  '\\': '#92;',
};

const escaped = (text: string): string =>
  text.replaceAll(/[#"&<>`\\]/g, (letter) => escapes[letter] ?? letter).replaceAll(/\s+/g, ' ');

const quoted = (lines: readonly string[]): string => `"${lines.map(escaped).join('<br/>')}"`;

/** The source of the flowchart, with its line end. Pure. */
export function graphMermaid(picture: Picture): string {
  const ids = new Map<string, string>();
  for (const [at, { id }] of picture.spots.entries()) ids.set(id, `s${at + 1}`);
  for (const [at, { id }] of picture.areas.entries()) ids.set(id, `a${at + 1}`);
  const idOf = (id: string): string => ids.get(id) ?? 'unknown';
  const lines = [
    '---',
    `title: ${JSON.stringify(titleOf(picture))}`,
    '---',
    'flowchart TB',
    ...inside(picture, undefined, '  ', idOf),
    ...picture.edges.map((edge) => `  ${edgeLine(edge, idOf)}`),
    ...(picture.undecided.length > 0
      ? [`  undecided[${quoted(['Not decided', ...picture.undecided])}]`, '  style undecided stroke-dasharray: 4 4']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function inside(picture: Picture, area: string | undefined, indent: string, idOf: (id: string) => string): string[] {
  return [
    ...spotsIn(picture, area).map((spot) => `${indent}${idOf(spot.id)}${shape(spot)}`),
    ...areasIn(picture, area).flatMap((one) => [
      `${indent}subgraph ${idOf(one.id)}[${quoted(areaLabel(one))}]`,
      ...inside(picture, one.id, `${indent}  `, idOf),
      `${indent}end`,
    ]),
  ];
}

const areaLabel = ({ title, facts, zones }: Area): string[] => [
  title,
  ...facts,
  ...(zones === undefined ? [] : [`over ${zones.length} zones`]),
];

function shape(spot: Spot): string {
  const replicas = replicasOf(spot, '×');
  const head = `${spot.title}${replicas === '' ? '' : ` ${replicas}`}`;
  const label = quoted([head, ...spot.facts, ...(spot.sidecar ? ['with sidecar'] : [])]);
  if (spot.kind === 'resource') return `[(${label})]`;
  return spot.kind === 'client' || spot.kind === 'outside' ? `([${label}])` : `[${label}]`;
}

/** mTLS is drawn thick, what leaves the network dotted. */
function edgeLine(edge: Edge, idOf: (id: string) => string): string {
  const arrow = edge.because === 'outbound' ? '-.->' : edge.security === 'mTLS' ? '==>' : '-->';
  return `${idOf(edge.from)} ${arrow}|${quoted([edgeWords(edge)])}| ${idOf(edge.to)}`;
}
