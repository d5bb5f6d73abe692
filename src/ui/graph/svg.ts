/** The network picture as an SVG that stands alone: light or dark by the reader's setting, fonts of the reader's system. */
import type { Edge, Picture } from '../../app/picture.ts';
import { arrows } from './arrows.ts';
import { type Box, layoutOf, lineHeight } from './layout.ts';
import { svgStyle } from './svg-style.ts';
import { replicasOf, titleOf, wrapped } from './words.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML does not know, such as control codes, are left out. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"]/g, (letter) => entities[letter] ?? letter);

const round = (value: number): number => Math.round(value * 10) / 10;

function text(x: number, y: number, style: string, content: string, anchor = ''): string {
  const at = anchor === '' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${round(x)}" y="${round(y)}" class="${style}"${at}>${escaped(content)}</text>`;
}

/** The whole document, with its line end. Pure. */
export function graphSvg(picture: Picture): string {
  const layout = layoutOf(picture);
  const top = 44;
  const width = Math.max(layout.width, 640);
  const boxes = layout.boxes.map((box) => ({ ...box, x: box.x + (width - layout.width) / 2, y: box.y + top }));
  const areas = boxes.filter(({ area }) => area !== undefined);
  const spots = boxes.filter(({ spot }) => spot !== undefined);
  const drawn = arrows(picture.edges, new Map(boxes.map((box) => [box.id, box])));
  const below = footer(picture, top + layout.height, width);
  const size = `width="${round(width)}" height="${round(below.end)}" viewBox="0 0 ${round(width)} ${round(below.end)}"`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(titleOf(picture))}</title>`,
    `<desc id="desc">${escaped(description(picture))}</desc>`,
    svgStyle,
    `<rect class="page" width="100%" height="100%"/>`,
    text(22, 32, 'heading', titleOf(picture)),
    ...areas.map(areaShape),
    ...drawn.map(
      ({ path, edge }) => `<path class="edge ${classOf(edge)}" d="${path}" marker-end="url(#${classOf(edge)})"/>`,
    ),
    ...areas.flatMap(areaWords),
    ...spots.flatMap(spotShape),
    ...drawn.map(({ x, y, label, edge }) => text(x, y, `label ${classOf(edge)}`, label, 'middle')),
    ...below.lines,
    '</svg>',
  ].join('\n')}\n`;
}

const classOf = ({ because, security }: Edge): string => (because === 'outbound' ? 'outbound' : security.toLowerCase());

function description({ spots, edges }: Picture): string {
  return `${spots.length} things and ${edges.length} connections between them; opta graph --format text says the same in words.`;
}

function areaShape({ x, y, width, height, depth }: Box): string {
  const at = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<rect class="area depth${depth % 2}" ${at} rx="10"/>`;
}

function areaWords({ x, y, title, lines }: Box): string[] {
  return [
    text(x + 16, y + 24, 'area-title', title),
    ...lines.map((line, at) => text(x + 16, y + 42 + at * lineHeight, 'fact halo', line)),
  ];
}

function spotShape({ x, y, width, height, title, lines, spot }: Box): string[] {
  if (spot === undefined) return [];
  const rect = (dx: number, style: string) =>
    `<rect class="${style}" x="${round(x + dx)}" y="${round(y + dx)}" width="${width}" height="${height}" rx="7"/>`;
  const replicas = replicasOf(spot, '×');
  const many = (spot.replicas?.max ?? 1) > 1;
  return [
    `<g class="${spot.kind}">`,
    ...(many ? [rect(8, 'spot'), rect(4, 'spot')] : []),
    rect(0, 'spot'),
    text(x + 12, y + 22, 'name', title),
    ...(replicas === '' ? [] : [text(x + width - 12, y + 22, 'count', replicas, 'end')]),
    ...lines.map((line, at) => text(x + 12, y + 40 + at * lineHeight, 'fact', line)),
    ...(spot.sidecar ? sidecar(x + width - 70, y + height - 9) : []),
    '</g>',
  ];
}

function sidecar(x: number, y: number): string[] {
  return [
    `<rect class="sidecar" x="${round(x)}" y="${round(y)}" width="60" height="18" rx="9"/>`,
    text(x + 30, y + 13, 'sidecar-word', 'sidecar', 'middle'),
  ];
}

const legend: readonly (readonly [string, string])[] = [
  ['mtls', 'mutual TLS, through the mesh'],
  ['tls', 'TLS'],
  ['none', 'no TLS'],
  ['undecided', 'not decided'],
  ['outbound', 'calls to the outside'],
];

function footer(picture: Picture, y: number, width: number): { lines: string[]; end: number } {
  const used = new Set(picture.edges.map(classOf));
  const lines: string[] = [];
  let x = 22;
  for (const [style, words] of legend.filter(([name]) => used.has(name))) {
    lines.push(`<path class="edge ${style}" d="M${x} ${round(y + 4)}h28"/>`, text(x + 36, y + 8, 'fact', words));
    x += 60 + words.length * 6.6;
  }
  let end = y + 24;
  if (picture.undecided.length > 0) {
    lines.push(text(22, end + 12, 'area-title', 'Not decided'));
    end += 30;
    for (const line of picture.undecided.flatMap((sentence) => wrapped(sentence, Math.floor((width - 44) / 6.6)))) {
      lines.push(text(22, end, 'fact', line));
      end += lineHeight;
    }
  }
  return { lines, end: end + 12 };
}
