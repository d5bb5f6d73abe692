/** Checks a node against the description of a field and gives its value; every mismatch becomes a finding with its place. */
import type { Field, Fields, FieldType } from '../../resources/field.ts';
import { defaultOf } from '../../resources/field.ts';
import { didYouMean, listed } from '../nearest.ts';
import { problem } from '../text/findings.ts';
import { clip, described, isEmpty, type MapEntry, type MapNode, type Node, plainOf } from '../text/nodes.ts';
import { placeOf } from '../text/source.ts';
import { unquotedBrace } from '../text/yaml-slips.ts';
import { checkScalar } from './check-scalar.ts';
import { type Checking, wrong } from './checking.ts';

export interface FieldsOptions {
  /** Keys that something else reads. */
  readonly allowed?: readonly string[];
  /** What to call the map in messages; the owner by default. */
  readonly what?: string;
}

/** The values of a map's fields, with defaults. Keys with a wrong value are absent. */
export function checkFields(
  checking: Checking,
  node: MapNode,
  fields: Fields,
  options: FieldsOptions = {},
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  reportUnknown(checking, node, fields, options);
  for (const name in fields) {
    const field = fields[name] as Field;
    const entry = node.entries.get(name);
    if (entry === undefined || isEmpty(entry.value)) {
      if (field.required === true) reportMissing(checking, node, name, entry, options);
      const standard = defaultOf(field, checking.target);
      if (standard !== undefined) values[name] = standard;
      continue;
    }
    noticeUse(checking, name, field, entry, options);
    const value = checkValue(checking, entry.value, field.type, name);
    if (value !== wrong) values[name] = value;
  }
  return values;
}

function noticeUse(checking: Checking, name: string, field: Field, entry: MapEntry, options: FieldsOptions): void {
  const owner = options.what ?? checking.owner;
  if (field.deprecated !== undefined) {
    const place = placeOf(checking.source, entry.keyRange);
    checking.findings.once(
      `deprecated ${owner} ${name}`,
      'notice',
      'deprecated',
      `\`${name}\` of ${owner} is out of use: ${field.deprecated}.`,
      place,
    );
  } else if (
    field.on !== undefined &&
    !field.on.includes(checking.target) &&
    !meansSomething(checking, field, entry.value)
  ) {
    const key = `no-effect ${owner} ${name}`;
    const place = placeOf(checking.source, entry.keyRange);
    checking.findings.once(
      key,
      'notice',
      'no-effect',
      `\`${name}\` of ${owner} has no effect on ${checking.target}.`,
      place,
    );
  }
}

/** A value that environments set by a variable is meant for those where it counts. */
function meansSomething({ source }: Checking, field: Field, value: Node): boolean {
  if (field.plainlyThere === true || /\{(?:vars|variables)\./.test(source.text.slice(value.start, value.end)))
    return true;
  return value.kind === 'scalar' && field.everywhere?.includes(value.value) === true;
}

function reportMissing(
  checking: Checking,
  node: MapNode,
  name: string,
  entry: MapEntry | undefined,
  options: FieldsOptions,
): void {
  const { source, findings } = checking;
  const owner = options.what ?? checking.owner;
  if (entry !== undefined) {
    problem(findings, source, entry.keyRange, 'missing-field', `\`${name}\` is empty, and ${owner} needs it.`, [
      `write a value after \`${name}:\``,
    ]);
    return;
  }
  const first = [...node.entries.values()][0];
  const range =
    first === undefined ? { start: node.start, end: node.start + 1 } : { start: node.start, end: first.keyRange.end };
  problem(findings, source, range, 'missing-field', `${upper(owner)} needs \`${name}\`, which is not there.`, [
    `add \`${name}:\``,
  ]);
}

function reportUnknown(checking: Checking, node: MapNode, fields: Fields, options: FieldsOptions): void {
  const parentOf = lostParents(fields);
  for (const entry of node.entries.values()) {
    const parent = parentOf(entry);
    if (entry.key in fields || options.allowed?.includes(entry.key)) continue;
    const { source, findings } = checking;
    const owner = options.what ?? checking.owner;
    if (parent !== undefined) {
      const line = placeOf(source, parent.keyRange).line;
      problem(
        findings,
        source,
        parent.keyRange,
        'misplaced',
        `\`${parent.key}:\` is empty: its child \`${entry.key}\` has lost its indentation.`,
        [`indent \`${entry.key}\` below \`${parent.key}:\` by two spaces`],
      );
      problem(
        findings,
        source,
        entry.keyRange,
        'misplaced',
        `\`${clip(entry.key)}\` belongs below \`${parent.key}:\` on line ${line}.`,
        [`indent it by two spaces more than \`${parent.key}:\``],
      );
      continue;
    }
    const known = [...new Set([...Object.keys(fields), ...(options.allowed ?? [])])];
    const hints = didYouMean(entry.key, known, findings);
    problem(findings, source, entry.keyRange, 'unknown-field', `${upper(owner)} has no field \`${clip(entry.key)}\`.`, [
      ...hints,
      ...(hints.length > 0 || known.length === 0 ? [] : [`it has ${listed(known)}`]),
    ]);
  }
}

/** An article begins a sentence with a capital; the name of a type stays as it is. */
function upper(owner: string): string {
  return owner.replace(/^(an?|the) /, (article) => article.charAt(0).toUpperCase() + article.slice(1));
}

/** Walks down the keys of a map and tells the empty field above that a key belongs to: `port:` followed by an unindented `http: 80`. */
function lostParents(fields: Fields): (entry: MapEntry) => MapEntry | undefined {
  const empty: { readonly entry: MapEntry; readonly inner: Fields }[] = [];
  let open: MapEntry | undefined;
  return (entry) => {
    const parent = empty.find(({ inner }) => entry.key in inner)?.entry ?? open;
    const type = fields[entry.key]?.type;
    if (!isEmpty(entry.value)) open = entry.key in fields ? undefined : open;
    else {
      open = type !== undefined && takesAnyKey(type) ? entry : undefined;
      if (type?.kind === 'object') empty.push({ entry, inner: type.fields });
    }
    return parent;
  };
}

function takesAnyKey(type: FieldType): boolean {
  return type.kind === 'map' || (type.kind === 'either' && type.types.some(takesAnyKey));
}

/** The checked value, or `wrong` after a report. `name` is for messages. */
function checkValue(checking: Checking, node: Node, type: FieldType, name: string): unknown {
  if (node.kind === 'scalar' && node.broken === true) return wrong;
  if (type.kind === 'any') return plainOf(node);
  if (type.kind === 'either') return checkValue(checking, node, choice(type.types, node), name);
  if (type.kind === 'list' || type.kind === 'map' || type.kind === 'object') {
    if (node.kind === 'scalar' && node.late !== undefined) return { late: node.late };
    if (node.kind === 'scalar' && node.standIn === true) return type.kind === 'list' ? [node.value] : {};
    return checkCollection(checking, node, type, name);
  }
  if (node.kind !== 'scalar') return reportCollection(checking, node, type, name);
  return checkScalar(checking, node, type, name);
}

function choice(types: readonly FieldType[], node: Node): FieldType {
  const fits = types.find((type) => {
    if (node.kind === 'list') return type.kind === 'list';
    if (node.kind === 'map') return type.kind === 'map' || type.kind === 'object';
    return type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'object';
  });
  return fits ?? (types[0] as FieldType);
}

function checkCollection(
  checking: Checking,
  node: Node,
  type: Extract<FieldType, { kind: 'list' | 'map' | 'object' }>,
  name: string,
): unknown {
  const { source, findings } = checking;
  if (type.kind === 'list') {
    if (node.kind !== 'list') return reportShape(checking, node, name, 'a list', listHint(node));
    const values = node.items
      .map((item) => checkValue(checking, item, type.of, `item of ${name}`))
      .filter((value) => value !== wrong);
    const { min = 0, max = Number.POSITIVE_INFINITY } = type;
    if (node.items.length < min || node.items.length > max) {
      const bounds = min === max ? `${min}` : node.items.length < min ? `at least ${min}` : `at most ${max}`;
      problem(
        findings,
        source,
        node,
        'invalid-value',
        `\`${name}\` needs ${bounds} items, and has ${node.items.length}.`,
      );
    }
    return values;
  }
  if (node.kind !== 'map')
    return reportShape(checking, node, name, 'a map', [`write \`key: value\` lines below \`${name}:\``]);
  if (type.kind === 'object') return checkFields(checking, node, type.fields, { what: `\`${name}\`` });
  const values: Record<string, unknown> = {};
  for (const entry of node.entries.values()) {
    if (isEmpty(entry.value) && type.of.kind !== 'any') {
      problem(findings, source, entry.keyRange, 'wrong-type', `\`${clip(entry.key)}\` in \`${name}\` is empty.`, [
        'write a value, "" for an empty text',
      ]);
      continue;
    }
    const value = checkValue(checking, entry.value, type.of, entry.key);
    if (value !== wrong)
      Object.defineProperty(values, entry.key, { value, enumerable: true, writable: true, configurable: true });
  }
  return values;
}

function listHint(node: Node): string[] {
  if (node.kind === 'scalar') return [`write [${clip(node.text)}], or \`- ${clip(node.text)}\` on a line of its own`];
  return ['begin each item with `- `'];
}

function reportShape(
  checking: Checking,
  node: Node,
  name: string,
  needed: string,
  hints: readonly string[],
): typeof wrong {
  problem(
    checking.findings,
    checking.source,
    node,
    'wrong-type',
    `\`${name}\` must be ${needed}, and is ${described(node)}.`,
    hints,
  );
  return wrong;
}

function reportCollection(
  checking: Checking,
  node: Exclude<Node, { kind: 'scalar' }>,
  type: FieldType,
  name: string,
): typeof wrong {
  if (node.kind === 'map' && node.flow && [...node.entries.values()].every((entry) => isEmpty(entry.value))) {
    const said = unquotedBrace(checking.source.text.slice(node.start, node.end).trim());
    problem(checking.findings, checking.source, node, said.code, said.message, said.hints);
    return wrong;
  }
  const needed =
    type.kind === 'string'
      ? 'text'
      : type.kind === 'bool'
        ? 'true or false'
        : type.kind === 'enum'
          ? 'one word'
          : 'a number';
  return reportShape(checking, node, name, needed, []);
}
