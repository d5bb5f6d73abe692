/** How a field of a module is described: one description drives checking, the JSON Schema and `opta explain`. */

/** The targets, as src/app names them. */
export type Where = 'process' | 'kind' | 'aws' | 'gcp';

export type FieldType =
  | {
      readonly kind: 'string';
      readonly pattern?: RegExp;
      /** What the pattern asks for, after "must be". */
      readonly patternText?: string;
      /** Numbers and booleans are taken as they are written, such as versions and arguments. */
      readonly lenient?: boolean;
    }
  | { readonly kind: 'int' | 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'bool' }
  | { readonly kind: 'enum'; readonly values: readonly string[]; readonly lenient?: boolean }
  | { readonly kind: 'list'; readonly of: FieldType; readonly min?: number; readonly max?: number }
  | { readonly kind: 'map'; readonly of: FieldType }
  | { readonly kind: 'object'; readonly fields: Fields }
  | { readonly kind: 'either'; readonly types: readonly FieldType[] }
  | { readonly kind: 'any' };

export interface Field {
  readonly type: FieldType;
  /** One or two sentences for `explain` and for editors. */
  readonly doc: string;
  readonly required?: boolean;
  readonly default?: unknown;
  /** Defaults that differ on a target. */
  readonly defaultOn?: Readonly<Partial<Record<Where, unknown>>>;
  /** The field is read and ignored; says what to use instead. */
  readonly deprecated?: string;
  /** The targets on which it means something; absent is all. */
  readonly on?: readonly Where[];
  /** Values that mean something on every target. */
  readonly everywhere?: readonly unknown[];
  /** Its name says where it means something, so that its use elsewhere needs no notice. */
  readonly plainlyThere?: boolean;
}

export type Fields = Readonly<Record<string, Field>>;

export type Options = Omit<Field, 'type' | 'doc'>;

export const cloud = ['aws', 'gcp'] as const;
export const cluster = ['kind', 'aws', 'gcp'] as const;
export const aws = ['aws'] as const;
export const gcp = ['gcp'] as const;
/** Read and checked; no target realises it yet. */
export const nowhere = [] as const;

export const types = {
  text: { kind: 'string' },
  /** Text that may also be written as a number, such as a version. */
  word: { kind: 'string', lenient: true },
  bool: { kind: 'bool' },
  any: { kind: 'any' },
  int: { kind: 'int' },
  count: { kind: 'int', min: 0 },
  port: { kind: 'int', min: 1, max: 65535 },
} as const satisfies Record<string, FieldType>;

export const texts: FieldType = { kind: 'list', of: types.text };
export const words: FieldType = { kind: 'list', of: types.word };
export const anyMap: FieldType = { kind: 'map', of: types.any };

export function field(type: FieldType, doc: string, options: Options = {}): Field {
  return { type, doc, ...options };
}

export const text = (doc: string, options?: Options): Field => field(types.text, doc, options);
export const word = (doc: string, options?: Options): Field => field(types.word, doc, options);
export const bool = (doc: string, options?: Options): Field => field(types.bool, doc, options);
export const count = (doc: string, options?: Options): Field => field(types.count, doc, options);
export const any = (doc: string, options?: Options): Field => field(types.any, doc, options);

export function int(min: number, max: number, doc: string, options?: Options): Field {
  return field({ kind: 'int', min, max }, doc, options);
}

export function oneOf(values: readonly string[], doc: string, options?: Options): Field {
  return field({ kind: 'enum', values }, doc, options);
}

export function list(of: FieldType, doc: string, options?: Options): Field {
  return field({ kind: 'list', of }, doc, options);
}

export function object(fields: Fields): FieldType {
  return { kind: 'object', fields };
}

export function pattern(regex: RegExp, patternText: string): FieldType {
  return { kind: 'string', pattern: regex, patternText };
}

/** The default of a field on a target. */
export function defaultOf(described: Field, target: Where): unknown {
  return described.defaultOn !== undefined && target in described.defaultOn
    ? described.defaultOn[target]
    : described.default;
}
