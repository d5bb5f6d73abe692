/** The JSON Schema (draft 2020-12) of definition files, for editors; made from the same descriptions that check them. */
import type { Field, Fields, FieldType } from '../resources/field.ts';
import { moduleTypes, namesOf } from '../resources/index.ts';
import type { ModuleType } from '../resources/module-type.ts';
import { longestName } from './names.ts';
import {
  clusterFileFields,
  environmentFields,
  environmentFileFields,
  inputVariableFields,
  moduleFields,
  providerFields,
  serviceFileFields,
} from './parse/file-schema.ts';

export type JsonSchema = { readonly [key: string]: unknown };

const reference = { type: 'string', pattern: '\\{.+\\}' };
const name = { type: 'string', pattern: '^[a-z]([a-z0-9-]*[a-z0-9])?$', maxLength: longestName };

/** The whole schema. Values that may be references are also accepted as text with braces. */
export function jsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'opta definition',
    type: 'object',
    required: ['name', 'modules'],
    if: { required: ['environments'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: fileSchema(serviceFileFields, {}),
    else: {
      if: { anyOf: [{ required: ['org_name'] }, { required: ['providers'] }] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: fileSchema(environmentFileFields, { providers: providersSchema() }),
      else: fileSchema(clusterFileFields, {}),
    },
    $defs: {
      name,
      module: {
        type: 'object',
        required: ['type'],
        properties: { type: { enum: moduleTypes.flatMap(namesOf) } },
        allOf: moduleTypes.map((type) => ({
          if: { properties: { type: { enum: namesOf(type) } }, required: ['type'] },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: { $ref: `#/$defs/${type.name}` },
        })),
      },
      environment: objectSchema(environmentFields, false),
      inputVariable: objectSchema(inputVariableFields, false),
      ...Object.fromEntries(moduleTypes.map((type) => [type.name, moduleSchema(type)])),
    },
  };
}

function fileSchema(fields: Fields, more: Record<string, unknown>): JsonSchema {
  const plain = objectSchema(fields, false);
  const parts: Record<string, unknown> = {
    ...(plain.properties as Record<string, unknown>),
    name: { $ref: '#/$defs/name' },
    modules: { type: 'array', items: { $ref: '#/$defs/module' } },
    input_variables: orNull({ type: 'array', items: { $ref: '#/$defs/inputVariable' } }),
    ...(fields.environments === undefined
      ? {}
      : { environments: { type: 'array', minItems: 1, items: { $ref: '#/$defs/environment' } } }),
    ...more,
  };
  return { ...plain, properties: parts };
}

function providersSchema(): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(providerFields).map(([key, fields]) => [
      key,
      key === 'local' ? orNull(objectSchema(fields, false)) : objectSchema(fields, false),
    ]),
  );
  return { type: 'object', properties, additionalProperties: false, minProperties: 1, maxProperties: 1 };
}

function moduleSchema(type: ModuleType): JsonSchema {
  const schema = objectSchema({ ...moduleFields, ...type.fields }, true);
  const properties = {
    ...(schema.properties as Record<string, unknown>),
    type: { enum: namesOf(type) },
    name: orNull({ $ref: '#/$defs/name' }),
  };
  return { description: type.doc, ...schema, properties };
}

function objectSchema(fields: Fields, references: boolean): JsonSchema {
  const required = Object.keys(fields).filter((key) => fields[key]?.required === true);
  const properties = Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, fieldSchema(field, references)]),
  );
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
}

function fieldSchema(field: Field, references: boolean): JsonSchema {
  const schema = typeSchema(field.type, references);
  return {
    description: field.doc,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.deprecated === undefined ? {} : { deprecated: true }),
    ...(field.required === true ? schema : orNull(schema)),
  };
}

/** An optional field may be left empty. */
function orNull(schema: JsonSchema): JsonSchema {
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };
}

function typeSchema(type: FieldType, references: boolean): JsonSchema {
  const also = (schema: JsonSchema): JsonSchema => (references ? { anyOf: [schema, reference] } : schema);
  switch (type.kind) {
    case 'any':
      return {};
    case 'bool':
      return also({ type: 'boolean' });
    case 'enum':
      return also({ enum: type.values });
    case 'int':
    case 'number': {
      const bounds = {
        ...(type.min === undefined ? {} : { minimum: type.min }),
        ...(type.max === undefined ? {} : { maximum: type.max }),
      };
      const text = { type: 'string', pattern: type.kind === 'int' ? '^[+-]?[0-9]+$' : '^[+-]?[0-9]+(\\.[0-9]+)?$' };
      return {
        anyOf: [
          { type: type.kind === 'int' ? 'integer' : 'number', ...bounds },
          text,
          ...(references ? [reference] : []),
        ],
      };
    }
    case 'string': {
      const text = { type: 'string', ...(type.pattern === undefined ? {} : { pattern: type.pattern.source }) };
      const schema = type.lenient === true ? { anyOf: [text, { type: ['number', 'boolean'] }] } : text;
      return type.pattern === undefined ? schema : also(schema);
    }
    case 'list':
      return also({
        type: 'array',
        items: typeSchema(type.of, references),
        ...(type.min === undefined ? {} : { minItems: type.min }),
        ...(type.max === undefined ? {} : { maxItems: type.max }),
      });
    case 'map':
      return also({ type: 'object', additionalProperties: typeSchema(type.of, references) });
    case 'object':
      return also(objectSchema(type.fields, references));
    case 'either':
      return { anyOf: type.types.map((each) => typeSchema(each, references)) };
  }
}
