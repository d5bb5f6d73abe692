/** Where everything of the drawn picture stands: areas in areas, rows from the entrance down. Pixels. */
import type { Area, Picture, Spot } from '../../app/picture.ts';
import { areasIn, replicasOf, spotsIn, wrapped } from './words.ts';

export interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** Wrapped to the width. */
  readonly lines: readonly string[];
  readonly spot?: Spot;
  readonly area?: Area;
  /** How deep the area lies. */
  readonly depth: number;
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly width: number;
  readonly height: number;
}

const spotWidth = 200;
const rowGap = 62;
const columnGap = 130;
const padding = 22;
const perRow = 4;
export const lineHeight = 16;
/** Widths of a letter of the small and of the bold text, on the safe side. */
const letter = 6.6;
const boldLetter = 8.2;

interface Block {
  readonly width: number;
  readonly height: number;
  readonly rank: number;
  place(x: number, y: number): Box[];
}

/** Steps from the entrance to every spot; what nothing leads to stands with the first services. */
function ranksOf({ spots, edges }: Picture): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  let front = spots.filter(({ kind }) => kind === 'client' || kind === 'outside').map(({ id }) => id);
  for (let rank = 0; front.length > 0; rank++) {
    for (const id of front) ranks.set(id, rank);
    const next = edges.filter(
      ({ from, to, because }) => because !== 'outbound' && front.includes(from) && !ranks.has(to),
    );
    front = [...new Set(next.map(({ to }) => to))];
  }
  const balancer = ranks.get('load-balancer');
  if (balancer !== undefined) ranks.set('nat', balancer);
  for (const { id, kind } of spots) if (!ranks.has(id)) ranks.set(id, kind === 'resource' ? 90 : 3);
  return ranks;
}

/** Everything placed; the origin is the upper left corner. */
export function layoutOf(picture: Picture): Layout {
  const ranks = ranksOf(picture);
  const whole = contents(picture, undefined, ranks, -1);
  return { boxes: whole.place(padding, padding), width: whole.width + 2 * padding, height: whole.height + 2 * padding };
}

function contents(
  picture: Picture,
  area: string | undefined,
  ranks: ReadonlyMap<string, number>,
  depth: number,
): Block {
  const spots = spotsIn(picture, area).map((spot) => spotBlock(spot, ranks.get(spot.id) ?? 0, depth + 1));
  const areas = areasIn(picture, area).map((one) => areaBlock(picture, one, ranks, depth + 1));
  const layers = areas.length > 1 && areasIn(picture, area).every(({ kind }) => kind === 'layer');
  const rows = [...rowsOf(spots), ...(layers ? chunks(areas, 3) : areas.map((one) => [one]))].toSorted(
    (a, b) => rankOf(a) - rankOf(b),
  );
  return stacked(rows);
}

const rankOf = (blocks: readonly Block[]): number => Math.min(99, ...blocks.map(({ rank }) => rank));

function rowsOf(blocks: readonly Block[]): Block[][] {
  const ranks = [...new Set(blocks.map(({ rank }) => rank))].toSorted((a, b) => a - b);
  return ranks.flatMap((rank) =>
    chunks(
      blocks.filter((block) => block.rank === rank),
      perRow,
    ),
  );
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** Rows below each other, each in the middle. */
function stacked(rows: readonly (readonly Block[])[]): Block {
  const sizes = rows.map((row) => ({
    row,
    width: row.reduce((sum, block) => sum + block.width, columnGap * (row.length - 1)),
    height: Math.max(0, ...row.map((block) => block.height)),
  }));
  const width = Math.max(spotWidth, ...sizes.map((size) => size.width));
  const height = sizes.reduce((sum, size) => sum + size.height, rowGap * Math.max(0, rows.length - 1));
  return {
    width,
    height,
    rank: rankOf(rows.flat()),
    place(x, y) {
      let top = y;
      return sizes.flatMap((size) => {
        let left = x + (width - size.width) / 2;
        const boxes = size.row.flatMap((block) => {
          const placed = block.place(left, top);
          left += block.width + columnGap;
          return placed;
        });
        top += size.height + rowGap;
        return boxes;
      });
    },
  };
}

function spotBlock(spot: Spot, rank: number, depth: number): Block {
  const letters = Math.floor((spotWidth - 24) / letter);
  const lines = spot.facts.flatMap((fact) => wrapped(fact, letters));
  const height = 34 + lines.length * lineHeight + (lines.length > 0 ? 8 : 0);
  const replicas = replicasOf(spot, '×');
  const long = spot.title.length + replicas.length + 2 > spotWidth / boldLetter;
  const title = long ? `${spot.title.slice(0, Math.floor(spotWidth / boldLetter) - replicas.length - 4)}…` : spot.title;
  return {
    width: spotWidth,
    height,
    rank,
    place: (x, y) => [{ id: spot.id, x, y, width: spotWidth, height, title, lines, spot, depth }],
  };
}

function areaBlock(picture: Picture, area: Area, ranks: ReadonlyMap<string, number>, depth: number): Block {
  const inner = contents(picture, area.id, ranks, depth);
  const zones = area.zones === undefined ? [] : [`over ${area.zones.length} zones`];
  const width = Math.max(inner.width, 300, area.title.length * boldLetter) + 2 * padding;
  const facts = [...area.facts, ...zones].join(' · ');
  const lines = wrapped(facts, Math.floor((width - 2 * padding) / letter));
  const head = 30 + lines.length * lineHeight + 42;
  const height = head + inner.height + padding;
  return {
    width,
    height,
    rank: inner.rank,
    place: (x, y) => [
      { id: area.id, x, y, width, height, title: area.title, lines, area, depth },
      ...inner.place(x + (width - inner.width) / 2, y + head),
    ],
  };
}
