/** The lines of the drawn picture: where each begins and ends, its bend, and the place of its words. */
import type { Edge } from '../../app/picture.ts';
import type { Box } from './layout.ts';
import { edgeWords } from './words.ts';

export interface Arrow {
  readonly edge: Edge;
  readonly path: string;
  readonly label: string;
  /** Middle of the label's base line. */
  readonly x: number;
  readonly y: number;
}

type Side = 'down' | 'up' | 'level';

interface Ends {
  readonly edge: Edge;
  readonly from: Box;
  readonly to: Box;
  readonly side: Side;
}

const middle = ({ x, width }: Box): number => x + width / 2;
const round = (value: number): number => Math.round(value * 10) / 10;

function sideOf(from: Box, to: Box): Side {
  if (to.y >= from.y + from.height) return 'down';
  return to.y + to.height <= from.y ? 'up' : 'level';
}

/** An edge whose end is not drawn is left out. */
export function arrows(edges: readonly Edge[], boxes: ReadonlyMap<string, Box>): Arrow[] {
  const ends = edges.flatMap((edge): Ends[] => {
    const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    return [{ edge, from, to, side: from.area === undefined ? sideOf(from, to) : 'up' }];
  });
  return ends.map((one) => {
    if (one.side === 'level') return level(one, ends);
    return steep(one, ends);
  });
}

/** Where a line leaves or meets a box: lines of the same border share it evenly, in the order of their other ends. */
function along(box: Box, end: Ends, all: readonly Ends[], which: 'from' | 'to'): number {
  if (box.area !== undefined) return middle(end.to);
  const other = which === 'from' ? 'to' : 'from';
  const same = all
    .filter((one) => one[which].id === box.id && one.side === end.side && one.side !== 'level')
    .toSorted((a, b) => middle(a[other]) - middle(b[other]));
  return box.x + (box.width * (same.indexOf(end) + 1)) / (same.length + 1);
}

function steep(end: Ends, all: readonly Ends[]): Arrow {
  const { edge, from, to, side } = end;
  const down = side === 'down';
  const x1 = along(from, end, all, 'from');
  const x2 = along(to, end, all, 'to');
  const y1 = down || from.area !== undefined ? from.y + (down ? from.height : 0) : from.y;
  const y2 = down ? to.y : to.y + to.height;
  const bend = (y2 - y1) / 2;
  const path = `M${round(x1)} ${round(y1)}C${round(x1)} ${round(y1 + bend)} ${round(x2)} ${round(y2 - bend)} ${round(x2)} ${round(y2)}`;
  // Near the end, where the lines of one border have parted; words of lines to the same border stand above each other.
  const rank = all.filter((one) => one.to.id === to.id && one.side === side).indexOf(end) % 3;
  const y = y2 + (down ? -20 - 14 * rank : 30 + 14 * rank);
  return { edge, path, label: edgeWords(edge, ' · '), x: (x1 + 3 * x2) / 4, y };
}

/** Beside each other: straight between neighbours, else below what stands between. */
function level(end: Ends, all: readonly Ends[]): Arrow {
  const { edge, from, to } = end;
  const right = to.x > from.x;
  const label = edgeWords(edge, ' · ');
  const boxes = all.flatMap((one) => [one.from, one.to]);
  const [left, other] = right ? [from, to] : [to, from];
  const between = boxes.some(
    ({ x, y, height, area }) =>
      area === undefined && x > left.x && x < other.x && y < left.y + left.height && y + height > left.y,
  );
  if (between) {
    const y = Math.max(from.y + from.height, to.y + to.height);
    const [x1, x2] = [middle(from), middle(to)];
    const path = `M${round(x1)} ${round(from.y + from.height)}C${round(x1)} ${round(y + 50)} ${round(x2)} ${round(y + 50)} ${round(x2)} ${round(to.y + to.height)}`;
    return { edge, path, label, x: (x1 + x2) / 2, y: y + 34 };
  }
  const y = Math.min(from.y + from.height, to.y + to.height) / 2 + Math.max(from.y, to.y) / 2;
  const [x1, x2] = right ? [from.x + from.width, to.x] : [from.x, to.x + to.width];
  return { edge, path: `M${round(x1)} ${round(y)}H${round(x2)}`, label, x: (x1 + x2) / 2, y: y - 7 };
}
