/** Puts values in the place of references, in every text of a node; whole-text references keep their type. */
import type { Part } from '../app.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip, type MapEntry, type Node, type ScalarNode } from '../text/nodes.ts';
import { isReference, piecesOf, type Reference } from '../text/references.ts';
import { placeOf, type Range, type Source } from '../text/source.ts';
import { type Found, lookUp, type Scope } from './scope.ts';

export interface Interpolating {
  readonly scope: Scope;
  readonly source: Source;
  readonly findings: Findings;
}

/** The node with its references resolved; the same node when it has none. Unknown names become findings. */
export function interpolate(context: Interpolating, node: Node): Node {
  if (node.kind === 'scalar')
    return typeof node.value === 'string' && node.value.includes('{') ? inText(context, node) : node;
  if (node.kind === 'list') {
    const items = node.items.map((item) => interpolate(context, item));
    return items.every((item, i) => item === node.items[i]) ? node : { ...node, items };
  }
  let changed = false;
  const entries = new Map<string, MapEntry>();
  for (const [key, entry] of node.entries) {
    const value = interpolate(context, entry.value);
    changed ||= value !== entry.value;
    entries.set(key, value === entry.value ? entry : { ...entry, value });
  }
  return changed ? { ...node, entries } : node;
}

function inText(context: Interpolating, node: ScalarNode): Node {
  const pieces = piecesOf(node.value as string);
  const only = pieces[0];
  if (pieces.length === 1 && only !== undefined && isReference(only)) return whole(context, node, only);
  const parts: Part[] = [];
  const add = (text: string) => {
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last + text;
    else if (text !== '') parts.push(text);
  };
  let broken = false;
  for (const piece of pieces) {
    if (!isReference(piece)) add(piece);
    else broken = !append(context, node, piece, add, parts) || broken;
  }
  if (broken) return { ...node, broken };
  const late = parts.some((part) => typeof part !== 'string');
  if (late) return { ...node, late: parts };
  const text = parts.join('');
  return { ...node, value: text, text };
}

/** Adds what a reference stands for; false after a report. */
function append(
  context: Interpolating,
  node: ScalarNode,
  reference: Reference,
  add: (text: string) => void,
  parts: Part[],
): boolean {
  const found = resolve(context, node, reference);
  if (found !== undefined && 'part' in found) {
    parts.push(found.part);
    return true;
  }
  if (found !== undefined && (!('node' in found) || isBroken(found.node))) return false;
  if (found === undefined || found.node.kind === 'scalar') {
    add(
      found === undefined
        ? reference.written
        : found.node.kind === 'scalar' && found.node.value !== null
          ? found.node.text
          : '',
    );
    return true;
  }
  const where = rangeOf(context.source, node, reference);
  problem(
    context.findings,
    context.source,
    where,
    'wrong-type',
    `\`${reference.written}\` is a ${found.node.kind}, which does not fit into a text.`,
    ['use it alone, as the whole value'],
  );
  return false;
}

function whole(context: Interpolating, node: ScalarNode, reference: Reference): Node {
  const found = resolve(context, node, reference);
  if (found === undefined) return node;
  if ('part' in found) return { ...node, late: [found.part] };
  if (!('node' in found)) return { ...node, broken: true };
  return moved(found.node, node, found.standIn === true);
}

function isBroken(node: Node): boolean {
  return node.kind === 'scalar' && node.broken === true;
}

/** The value of a reference, at the place of the reference. */
function moved(value: Node, at: Range, standIn: boolean): Node {
  const range = { start: at.start, end: at.end };
  if (value.kind === 'scalar') return { ...value, ...range, referenced: true, ...(standIn ? { standIn } : {}) };
  if (value.kind === 'list') return { ...value, ...range, items: value.items.map((item) => moved(item, at, standIn)) };
  const entries = new Map(
    [...value.entries].map(([key, entry]) => [key, { key, keyRange: range, value: moved(entry.value, at, standIn) }]),
  );
  return { ...value, ...range, entries };
}

/** What a reference stands for; reports an unknown one. Undefined leaves its text alone. */
function resolve(context: Interpolating, node: ScalarNode, reference: Reference): Found | undefined {
  const found = lookUp(context.scope, reference.path);
  if (found === undefined) return undefined;
  const { findings, source } = context;
  if (reference.dollar && reference.path[0] !== 'module' && !('unknown' in found)) {
    const meant = `{${reference.path.join('.')}}`;
    problem(
      findings,
      source,
      rangeOf(source, node, reference),
      'unknown-reference',
      `\`\${{...}}\` is for outputs of modules, not for \`${meant}\`.`,
      [`write ${meant}`],
    );
    return { unknown: '', hints: [] };
  }
  if ('unknown' in found) {
    problem(findings, source, rangeOf(source, node, reference), 'unknown-reference', found.unknown, found.hints);
  } else if ('node' in found && found.standIn === true) {
    const place = placeOf(source, rangeOf(source, node, reference));
    const value = found.node.kind === 'scalar' ? found.node.text : '';
    const key = `stand-in ${source.file} ${reference.path.join('.')}`;
    findings.once(
      key,
      'notice',
      'stand-in-value',
      `\`${reference.written}\` exists only in a cloud; on ${context.scope.target} it is "${clip(value)}".`,
      place,
    );
  }
  return found;
}

/** Where a reference stands in the file. */
function rangeOf(source: Source, node: ScalarNode, reference: Reference): Range {
  const at = source.text.slice(node.start, node.end).indexOf(reference.written);
  return at === -1 ? node : { start: node.start + at, end: node.start + at + reference.written.length };
}
