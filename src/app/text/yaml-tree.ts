/** Turns the YAML library's document into our node tree, once over each node; aliases share, bombs are refused. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { type Findings, problem } from './findings.ts';
import { clip, type ListNode, type MapEntry, type MapNode, type Node, type ScalarNode } from './nodes.ts';
import { placeholderIn } from './references.ts';
import { placeOf, type Range, type Source } from './source.ts';

/** Nodes of a file counted with every alias written out. */
const mostNodes = 500_000;
export const mostDepth = 60;

interface Walk {
  readonly source: Source;
  readonly findings: Findings;
  readonly anchors: Map<string, Node>;
  readonly sizes: Map<Node, number>;
  nodes: number;
}

/** The tree of a document without syntax errors; undefined when it cannot be had, with the reason among the findings. */
export function treeOf(document: Document.Parsed, source: Source, findings: Findings): Node | undefined {
  const walk: Walk = { source, findings, anchors: new Map(), sizes: new Map(), nodes: 0 };
  return document.contents === null ? undefined : visit(walk, document.contents, 0);
}

function rangeOf(node: { range?: readonly [number, number, number] | null | undefined }, fallback: Range): Range {
  const range = node.range;
  return range ? { start: range[0], end: range[1] } : fallback;
}

function visit(walk: Walk, node: unknown, depth: number, around: Range = { start: 0, end: 0 }): Node {
  if (depth > mostDepth) {
    const at = rangeOf(node as ParsedNode, around);
    walk.findings.once(
      'depth',
      'error',
      'yaml-too-deep',
      `This is nested deeper than ${mostDepth} levels.`,
      placeOf(walk.source, at),
      ['no definition needs this; check the brackets and the indentation above this line'],
    );
    return empty(at);
  }
  walk.nodes += 1;
  const before = walk.nodes;
  const built = build(walk, node, depth, around);
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor !== undefined && !isAlias(node)) {
    walk.anchors.set(anchor, built);
    walk.sizes.set(built, walk.nodes - before + 1);
  }
  return built;
}

function build(walk: Walk, node: unknown, depth: number, around: Range): Node {
  if (isScalar(node)) return scalar(node as Scalar, around);
  const range = rangeOf(node as ParsedNode, around);
  if (isAlias(node)) return alias(walk, node.source, range);
  if (isSeq(node)) {
    const items = node.items.map((item) => visit(walk, item, depth + 1, range));
    return { kind: 'list', items, ...range } satisfies ListNode;
  }
  if (isMap(node)) return map(walk, node as YAMLMap, range, depth);
  return empty(range);
}

function empty(at: Range): ScalarNode {
  return { kind: 'scalar', value: null, text: '', start: at.start, end: at.end };
}

function scalar(node: Scalar, around: Range): ScalarNode {
  const range = rangeOf(node, around);
  const value = node.value;
  if (typeof value === 'string')
    return {
      kind: 'scalar',
      value,
      text: value,
      ...(placeholderIn(value) === undefined ? {} : { broken: true }),
      ...range,
    };
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, text: node.source ?? String(value), ...range };
  }
  if (typeof value === 'bigint')
    return { kind: 'scalar', value: Number(value), text: node.source ?? String(value), ...range };
  return empty(range);
}

function alias(walk: Walk, name: string, range: Range): Node {
  const target = walk.anchors.get(name);
  if (target === undefined) {
    const hint = `write \`&${clip(name)}\` before a value above this line, or put the text in quotes: "*${clip(name)}"`;
    problem(walk.findings, walk.source, range, 'yaml-alias', `No anchor \`&${clip(name)}\` stands before this alias.`, [
      hint,
    ]);
    return empty(range);
  }
  walk.nodes += walk.sizes.get(target) ?? 1;
  if (walk.nodes > mostNodes) {
    walk.findings.once(
      'bomb',
      'error',
      'yaml-alias',
      `The aliases of this file stand for more than ${mostNodes} values.`,
      placeOf(walk.source, range),
      ['write the values out, or use fewer aliases inside anchored values'],
    );
    return empty(range);
  }
  return target;
}

function map(walk: Walk, node: YAMLMap, range: Range, depth: number): MapNode {
  const entries = new Map<string, MapEntry>();
  const merged: Node[] = [];
  for (const pair of node.items as Pair<unknown, unknown>[]) {
    const key = keyOf(walk, pair.key, range);
    const value = pair.value === null ? empty(key.range) : visit(walk, pair.value, depth + 1, key.range);
    if (key.text === '<<' && value.kind !== 'scalar') {
      merged.push(...(value.kind === 'list' ? value.items : [value]));
      continue;
    }
    const first = entries.get(key.text);
    if (first !== undefined) {
      const line = placeOf(walk.source, first.keyRange).line;
      problem(
        walk.findings,
        walk.source,
        key.range,
        'yaml-duplicate-key',
        `\`${clip(key.text)}\` is written twice; the first is on line ${line}.`,
        ['keep one of the two; for several of a kind write a list with `- `'],
      );
      continue;
    }
    entries.set(key.text, { key: key.text, keyRange: key.range, value });
  }
  for (const from of merged) {
    if (from.kind !== 'map') continue;
    for (const entry of from.entries.values()) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  }
  return { kind: 'map', entries, flow: (node as { flow?: boolean }).flow === true, ...range };
}

function keyOf(walk: Walk, key: unknown, around: Range): { text: string; range: Range } {
  if (isScalar(key)) {
    const node = scalar(key as Scalar, around);
    return { text: node.value === null ? '' : node.text, range: node };
  }
  const range = rangeOf((key ?? {}) as ParsedNode, around);
  const braces = isMap(key) && (key as { flow?: boolean }).flow === true;
  problem(
    walk.findings,
    walk.source,
    range,
    braces ? 'yaml-unquoted-brace' : 'yaml-syntax',
    braces ? 'A `{` begins a map here, and a map cannot be a key.' : 'A key must be a plain word.',
    [braces ? 'put the text in quotes: "{...}"' : 'write `key: value`'],
  );
  return { text: `?${range.start}`, range };
}
