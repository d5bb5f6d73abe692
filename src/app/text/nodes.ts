/** The tree of a definition file: values with their ranges, free of the YAML library. */
import type { Text } from '../app.ts';
import type { Range } from './source.ts';

export interface MapEntry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: Node;
}

export interface MapNode extends Range {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  /** Written with braces. */
  readonly flow: boolean;
}

export interface ListNode extends Range {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface ScalarNode extends Range {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `1.10` stays `1.10`. */
  readonly text: string;
  /** Came from a `{reference}`: its type gives way to the field's. */
  readonly referenced?: boolean;
  /** Takes the place of a value that exists only in a cloud; fits a list too. */
  readonly standIn?: boolean;
  /** Holds a reference that was reported: nothing more is said of it. */
  readonly broken?: boolean;
  /** Known in full only when a resource runs; `value` is then the text as written. */
  readonly late?: Text;
}

export type Node = MapNode | ListNode | ScalarNode;

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** A text in settings of which a part is known only when a resource runs. */
export interface LateText {
  readonly late: Text;
}

export function isLate(value: unknown): value is LateText {
  return typeof value === 'object' && value !== null && 'late' in value;
}

/** The value without positions; late texts stay objects `{ late }`. */
export function plainOf(node: Node): Plain | LateText {
  if (node.kind === 'scalar') return node.late === undefined ? node.value : { late: node.late };
  if (node.kind === 'list') return node.items.map(plainOf) as Plain;
  const plain: Record<string, unknown> = {};
  for (const entry of node.entries.values()) {
    Object.defineProperty(plain, entry.key, {
      value: plainOf(entry.value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return plain as Plain;
}

/** "a map", "a list", "the number 5": for messages. */
export function described(node: Node): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'empty';
  if (typeof node.value === 'string') return `the text "${clip(node.value)}"`;
  if (typeof node.value === 'number') return `the number ${clip(node.text)}`;
  return `${node.text} (true or false)`;
}

/** A value for a message: one line, at most 60 characters. */
export function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

export function isEmpty(node: Node | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.value === null);
}

export function get(node: MapNode, key: string): Node | undefined {
  return node.entries.get(key)?.value;
}

/** The text of a scalar that is a string, else undefined. */
export function stringOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}
