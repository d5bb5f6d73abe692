/** The network picture as text: boxes in boxes, and under each thing what it may call. */
import type { Area, Edge, Picture, Spot } from '../../app/picture.ts';
import { widthOf } from '../text.ts';
import { areasIn, edgeWords, nameOf, reasonOf, replicasOf, spotsIn, titleOf, wrapped } from './words.ts';

interface Strokes {
  readonly corners: readonly [string, string, string, string];
  readonly across: string;
  readonly down: string;
  readonly branch: string;
  readonly last: string;
  readonly arrow: string;
  readonly spot: string;
  readonly times: string;
}

const drawn: Strokes = {
  corners: ['┌', '┐', '└', '┘'],
  across: '─',
  down: '│',
  branch: '├',
  last: '└',
  arrow: '─▶ ',
  spot: '■ ',
  times: '×',
};

const ascii: Strokes = {
  corners: ['+', '+', '+', '+'],
  across: '-',
  down: '|',
  branch: '|',
  last: '`',
  arrow: '-> ',
  spot: '* ',
  times: 'x',
};

export interface TextOptions {
  /** No line is wider. */
  readonly columns: number;
  readonly unicode: boolean;
}

/** The whole picture, with its line end. Pure. */
export function graphText(picture: Picture, { columns, unicode }: TextOptions): string {
  const strokes = unicode ? drawn : ascii;
  const room = Math.max(40, columns);
  const lines = [
    ...wrapped(titleOf(picture), room, widthOf),
    '',
    ...contents(picture, undefined, room, strokes),
    ...undecided(picture, room),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function contents(picture: Picture, area: string | undefined, room: number, strokes: Strokes): string[] {
  const spots = spotsIn(picture, area).flatMap((spot) => spotLines(picture, spot, room, strokes));
  const areas = areasIn(picture, area).flatMap((one) => boxed(picture, one, room, strokes));
  return [...spots, ...areas];
}

function boxed(picture: Picture, area: Area, room: number, strokes: Strokes): string[] {
  const { corners, across, down } = strokes;
  const inner = room - 4;
  const [first = '', ...rest] = wrapped(area.title, inner - 4, widthOf);
  const facts = [...rest, ...wrapped([...area.facts, ...zoneFact(area)].join('; '), inner, widthOf)];
  const lines = [
    ...facts,
    ...edgesFrom(picture, area.id, inner, strokes),
    ...contents(picture, area.id, inner, strokes),
  ];
  const top = `${corners[0]}${across} ${first} `;
  const row = (line: string) => `${down} ${line}${' '.repeat(Math.max(0, inner - widthOf(line)))} ${down}`;
  return [
    `${top}${across.repeat(Math.max(0, room - 1 - widthOf(top)))}${corners[1]}`,
    ...lines.map(row),
    `${corners[2]}${across.repeat(room - 2)}${corners[3]}`,
  ];
}

const zoneFact = ({ zones }: Area): string[] => (zones === undefined ? [] : [`over ${zones.length} zones`]);

function spotLines(picture: Picture, spot: Spot, room: number, strokes: Strokes): string[] {
  const replicas = replicasOf(spot, strokes.times);
  const sidecar = spot.sidecar ? ' [sidecar]' : '';
  const head = `${strokes.spot}${spot.title}${replicas === '' ? '' : ` ${replicas}`}${sidecar}`;
  const all = spot.facts.length === 0 ? head : `${head}  ${spot.facts.join('; ')}`;
  const [first = '', ...rest] = wrappedFrom(all, room);
  return [first, ...rest.map((line) => `  ${line}`), ...edgesFrom(picture, spot.id, room, strokes)];
}

function edgesFrom(picture: Picture, id: string, room: number, strokes: Strokes): string[] {
  const edges = picture.edges.filter(({ from }) => from === id);
  return edges.flatMap((edge, at) => edgeLines(picture, edge, at === edges.length - 1, room, strokes));
}

/** Keeps the two spaces behind the head: `wrapped` takes runs of spaces as they are. */
function wrappedFrom(text: string, room: number): string[] {
  if (widthOf(text) <= room) return [text];
  const [head = '', facts = ''] = splitOnce(text, '  ');
  const together = wrapped(facts, room - 2, widthOf);
  return [...wrapped(head, room, widthOf), ...together];
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + by.length)];
}

function edgeLines(picture: Picture, edge: Edge, last: boolean, room: number, strokes: Strokes): string[] {
  const reason = reasonOf(edge);
  const what = `${nameOf(picture, edge.to, edge.from)}  ${edgeWords(edge)}${reason === '' ? '' : ` (${reason})`}`;
  const begin = `  ${last ? strokes.last : strokes.branch}${strokes.arrow}`;
  const next = `  ${last ? ' ' : strokes.down}${' '.repeat(widthOf(strokes.arrow))}`;
  const [first = '', ...rest] = wrapped(what, room - widthOf(begin), widthOf);
  return [begin + first, ...rest.map((line) => next + line)];
}

function undecided({ undecided: sentences }: Picture, room: number): string[] {
  if (sentences.length === 0) return [];
  const lines = sentences.flatMap((sentence) => {
    const [first = '', ...rest] = wrapped(sentence, room - 2, widthOf);
    return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  });
  return ['', 'Not decided', ...lines];
}
