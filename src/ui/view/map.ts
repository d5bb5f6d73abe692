/** The network picture as the live map: the same layout as the drawn one, with room for figures instead of facts. Pure. */
import type { Picture } from '../../app/picture.ts';
import { arrows } from '../graph/arrows.ts';
import { layoutOf } from '../graph/layout.ts';
import { titleOf } from '../graph/words.ts';
import type { MapShape } from './wire.ts';

/** Keeps a line free below each name. */
const figures = ['…'];

export function mapOf(picture: Picture): MapShape {
  const plain: Picture = {
    ...picture,
    areas: picture.areas.map((area) => ({ ...area, facts: [] })),
    spots: picture.spots.map((spot) => ({ ...spot, facts: figures, sidecar: false })),
  };
  const { boxes, width, height } = layoutOf(plain);
  const lines = arrows(plain.edges, new Map(boxes.map((box) => [box.id, box])));
  const frame = ({ x, y, width, height, title }: (typeof boxes)[number]) => ({ x, y, width, height, title });
  return {
    title: titleOf(picture),
    width,
    height,
    areas: boxes.flatMap((box) => (box.area === undefined ? [] : [{ ...frame(box), depth: box.depth }])),
    spots: boxes.flatMap((box) => (box.spot === undefined ? [] : [{ ...frame(box), id: box.id, kind: box.spot.kind }])),
    lines: lines.map(({ edge, path, x, y }) => ({ from: edge.from, to: edge.to, path, x, y, security: edge.security })),
  };
}
