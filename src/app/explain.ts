/** `opta explain`: what a module type is, its fields, outputs and links, and what each target makes of it. */
import { UserError } from '../errors.ts';
import type { Field, Fields, FieldType, Where } from '../resources/field.ts';
import { findModuleType, moduleTypeNames, moduleTypes, namesOf } from '../resources/index.ts';
import { targetNames } from './app.ts';
import { variableName } from './names.ts';
import { didYouMean } from './nearest.ts';
import { moduleFields } from './parse/file-schema.ts';

export interface ExplainedField {
  /** With dots for fields of fields: `dev.command`. */
  readonly name: string;
  readonly type: string;
  readonly doc: string;
  readonly required: boolean;
  readonly default: unknown;
  readonly defaultOn: Readonly<Partial<Record<Where, unknown>>>;
  readonly deprecated: string | undefined;
  /** Targets on which it means something. */
  readonly on: readonly Where[];
}

export interface Explained {
  readonly type: string;
  readonly names: readonly string[];
  readonly doc: string;
  readonly fields: readonly ExplainedField[];
  readonly outputs: readonly { readonly name: string; readonly doc: string }[];
  /** Variables of a service that links to a module named `example`. */
  readonly variables: readonly { readonly name: string; readonly output: string; readonly localOnly: boolean }[];
  readonly access: readonly string[];
  readonly defaultAccess: readonly string[];
  readonly targets: Readonly<Record<Where, string>>;
}

/** All types with a line about each. */
export function explainAll(): { readonly type: string; readonly names: readonly string[]; readonly doc: string }[] {
  return moduleTypes.map((type) => ({ type: type.name, names: namesOf(type), doc: type.doc }));
}

/** Throws UserError `unknown-module-type` with near names. */
export function explain(name: string): Explained {
  const type = findModuleType(name);
  if (type === undefined) {
    throw new UserError('unknown-module-type', `There is no module type \`${name}\`.`, {
      hints: [...didYouMean(name, moduleTypeNames()), '`opta explain` lists all types'],
      exitCode: 2,
    });
  }
  const service =
    type.kind === 'service'
      ? [
          { name: 'example_url', output: 'url', localOnly: false },
          { name: 'example_<port>_addr', output: 'addr:<port>', localOnly: false },
        ]
      : [];
  const variable = (localOnly: boolean) => (output: string) => ({
    name: variableName('example', output),
    output,
    localOnly,
  });
  const link = type.link;
  return {
    type: type.name,
    names: namesOf(type),
    doc: type.doc,
    fields: [
      ...explainedFields(type.fields, ''),
      ...explainedFields({ name: moduleFields.name as Field, depends_on: moduleFields.depends_on as Field }, ''),
    ],
    outputs: Object.entries(type.outputs).map(([output, doc]) => ({ name: output, doc })),
    variables: [
      ...service,
      ...(link?.variables ?? []).map(variable(false)),
      ...(link?.localVariables ?? []).map(variable(true)),
    ],
    access: link?.access ?? [],
    defaultAccess: link?.defaultAccess ?? [],
    targets: type.on,
  };
}

function explainedFields(fields: Fields, prefix: string): ExplainedField[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const name = `${prefix}${key}`;
    const one: ExplainedField = {
      name,
      type: typeText(field.type),
      doc: field.doc,
      required: field.required === true,
      default: field.default,
      defaultOn: field.defaultOn ?? {},
      deprecated: field.deprecated,
      on: field.on ?? targetNames,
    };
    return [one, ...innerFields(field.type, name)];
  });
}

function innerFields(type: FieldType, name: string): ExplainedField[] {
  if (type.kind === 'object') return explainedFields(type.fields, `${name}.`);
  if (type.kind === 'list') return type.of.kind === 'object' ? explainedFields(type.of.fields, `${name}[].`) : [];
  return [];
}

/** A type in words: `list of text`, `number 1..65535`. */
export function typeText(type: FieldType): string {
  switch (type.kind) {
    case 'string':
      return type.lenient === true ? 'text or number' : 'text';
    case 'int':
    case 'number': {
      const noun = type.kind === 'int' ? 'whole number' : 'number';
      if (type.min === undefined) return noun;
      return type.max === undefined ? `${noun}, at least ${type.min}` : `${noun} ${type.min}..${type.max}`;
    }
    case 'bool':
      return 'true or false';
    case 'enum':
      return type.values.join(' | ');
    case 'list':
      return `list of ${typeText(type.of)}`;
    case 'map':
      return `map to ${typeText(type.of)}`;
    case 'object':
      return 'map';
    case 'either':
      return type.types.map(typeText).join(', or ');
    case 'any':
      return 'anything';
  }
}

/** The explanation as text. */
export function formatExplain(explained: Explained): string {
  const others = explained.names.filter((name) => name !== explained.type);
  const lines = [explained.type, `  ${explained.doc}`];
  if (others.length > 0) lines.push(`  Also written: ${others.join(', ')}`);
  lines.push('', 'Fields', ...explained.fields.flatMap(fieldLines));
  if (explained.outputs.length > 0) {
    const width = Math.max(...explained.outputs.map((output) => output.name.length));
    lines.push(
      '',
      'Outputs, as ${{module.<name>.<output>}}',
      ...explained.outputs.map((output) => `  ${output.name.padEnd(width)}  ${output.doc}`),
    );
  }
  if (explained.variables.length > 0) {
    lines.push('', 'A service that links to a module named `example` gets');
    lines.push(
      ...explained.variables.map(
        (variable) => `  ${variable.name}${variable.localOnly ? '  (on process and kind)' : ''}`,
      ),
    );
  }
  if (explained.access.length > 0)
    lines.push(`  with access ${explained.access.join(', ')}; by default ${explained.defaultAccess.join(', ')}`);
  lines.push(
    '',
    'On each target',
    ...targetNames.map((target) => `  ${target.padEnd(7)}  ${explained.targets[target]}`),
  );
  return lines.join('\n');
}

function fieldLines(field: ExplainedField): string[] {
  const facts = [
    field.required ? 'required' : undefined,
    field.default === undefined ? undefined : `default ${JSON.stringify(field.default)}`,
    ...Object.entries(field.defaultOn).map(([target, value]) => `${JSON.stringify(value)} on ${target}`),
    field.deprecated === undefined ? undefined : `out of use: ${field.deprecated}`,
    field.on.length === targetNames.length
      ? undefined
      : field.on.length === 0
        ? 'no effect yet'
        : `only on ${field.on.join(', ')}`,
  ].filter((fact) => fact !== undefined);
  return [`  ${field.name}: ${field.type}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`, `      ${field.doc}`];
}

/** The list of all types as text. */
export function formatExplainAll(): string {
  const all = explainAll();
  const width = Math.max(...all.map((type) => type.type.length));
  return all.map((type) => `${type.type.padEnd(width)}  ${type.doc}`).join('\n');
}
