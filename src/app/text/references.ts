/** Finds `{references}` in a text, and puts values in their place. */

/** One reference of a text: `{vars.x}` has the path [vars, x]. */
export interface Reference {
  readonly path: readonly string[];
  /** As written, with its braces. */
  readonly written: string;
  /** Offset of `written` in the text. */
  readonly at: number;
  /** Written as `${{...}}`. */
  readonly dollar: boolean;
}

export type Piece = string | Reference;

const single = /\{([A-Za-z_]\w*(?:\.[\w-]+|\[[\w-]+\])*)\}/y;
const dollar = /\$\{\{\s*([A-Za-z_]\w*(?:\.[\w-]+|\[[\w-]+\])*)\s*\}\}/y;

/**
 * Cuts a text into plain parts and references. `{{` and `}}` that belong together become single braces;
 * braces around anything that cannot be a reference, such as JSON, stay as they are.
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  const open: ('single' | 'double')[] = [];
  let plain = '';
  let at = 0;
  const take = (reference: Reference) => {
    if (plain !== '') pieces.push(plain);
    plain = '';
    pieces.push(reference);
    at += reference.written.length;
  };
  while (at < text.length) {
    const char = text[at] as string;
    if (char !== '{' && char !== '}' && char !== '$') {
      const next = nextSpecial(text, at + 1);
      plain += text.slice(at, next);
      at = next;
      continue;
    }
    const found = referenceAt(text, at);
    if (found !== undefined) {
      take(found);
      continue;
    }
    const double = char !== '$' && text[at + 1] === char;
    if (char === '{') open.push(double ? 'double' : 'single');
    const closes = char === '}' ? open.pop() : undefined;
    if (char === '}' && closes === 'double' && !double) open.push('double');
    plain += char;
    at += (char === '{' && double) || (char === '}' && closes === 'double' && double) ? 2 : 1;
  }
  if (plain !== '') pieces.push(plain);
  return pieces;
}

function nextSpecial(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x7d || code === 0x24) return at;
  }
  return text.length;
}

function referenceAt(text: string, at: number): Reference | undefined {
  const form = text[at] === '$' ? dollar : single;
  form.lastIndex = at;
  const found = form.exec(text);
  if (found?.[1] === undefined) return undefined;
  return {
    path: found[1].split(/[.[\]]+/).filter((part) => part !== ''),
    written: found[0],
    at,
    dollar: form === dollar,
  };
}

export function isReference(piece: Piece): piece is Reference {
  return typeof piece !== 'string';
}

const placeholder = /<<\s*[\w-]+\s*::\s*[\w-]+(?:\s*::[^<>]*)?>>/;

/** The recipe placeholder in a text, when one is left. */
export function placeholderIn(text: string): string | undefined {
  return text.includes('<<') ? placeholder.exec(text)?.[0] : undefined;
}
