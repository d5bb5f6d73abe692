/** The words that every form of the network picture shares. */
import type { Area, Edge, Picture, Spot } from '../../app/picture.ts';

export function titleOf({ layers, target, environment }: Picture): string {
  return `${layers.join(', ')} on ${target}, environment ${environment}`;
}

/** `x2`, `x2 to 6`; empty for what has no replicas. */
export function replicasOf({ replicas }: Spot, times: string): string {
  if (replicas === undefined) return '';
  const { min, max } = replicas;
  return max > min ? `${times}${min} to ${max}` : `${times}${min}`;
}

/** `gRPC 80, mTLS`. */
export function edgeWords({ protocol, security, because }: Edge, between = ', '): string {
  if (because === 'outbound') return 'outbound';
  return `${protocol}${between}${{ mTLS: 'mTLS', TLS: 'TLS', none: 'no TLS', undecided: 'TLS undecided' }[security]}`;
}

/** Why it may, with its further facts. */
export function reasonOf({ because, facts }: Edge): string {
  const reasons = { link: 'by link', variable: 'by variable', public: 'public', entrance: '', outbound: '' };
  return [reasons[because], ...facts].filter((text) => text !== '').join(', ');
}

export const spotsIn = ({ spots }: Picture, area: string | undefined): readonly Spot[] =>
  spots.filter(({ inside }) => inside === area);

export const areasIn = ({ areas }: Picture, area: string | undefined): readonly Area[] =>
  areas.filter(({ inside }) => inside === area);

/** The title of the spot or area behind an id; a service of another layer with its layer. */
export function nameOf(picture: Picture, id: string, from?: string): string {
  const spot = picture.spots.find((one) => one.id === id);
  if (spot === undefined) return picture.areas.find((one) => one.id === id)?.title ?? id;
  const layer = spot.kind === 'service' ? id.split('/')[0] : undefined;
  return layer === undefined || from === undefined || from.startsWith(`${layer}/`) || picture.layers.length < 2
    ? spot.title
    : id;
}

/** Lines of at most `columns` characters; a longer word is cut into pieces. */
export function wrapped(
  text: string,
  columns: number,
  width: (text: string) => number = (one) => one.length,
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, columns, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (width(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** `word` in parts of at most `columns`. */
export function pieces(word: string, columns: number, width: (text: string) => number): string[] {
  if (width(word) <= columns) return [word];
  const found: string[] = [];
  let piece = '';
  for (const letter of word) {
    if (piece !== '' && width(piece + letter) > columns) {
      found.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...found, piece];
}
