/** docs/modules.md: the reference of every module type, from the tables that `opta explain` shows. */
import { targetNames } from '../../src/app/app.ts';
import { type Explained, type ExplainedField, explain } from '../../src/app/explain.ts';
import { moduleTypes } from '../../src/resources/index.ts';

const kinds = [
  { kind: 'service', title: 'Services' },
  { kind: 'resource', title: 'Databases, storage and messages' },
  { kind: 'other', title: 'Network, identity and other modules' },
] as const;

/** Text for a cell of a table: no bar and no line end. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The whole page. Pure. */
export function modulesPage(): string {
  const contents = kinds.map(({ kind, title }) => `- ${title}: ${namesOf(kind).map(link).join(', ')}`);
  const chapters = kinds.flatMap(({ kind, title }) => [
    `## ${title}`,
    ...namesOf(kind).flatMap((name) => chapter(explain(name))),
  ]);
  return `${[head, contents.join('\n'), ...chapters].join('\n\n')}\n`;
}

const head = `# Modules

Every type that \`type:\` of a module can name. This page is written by \`node scripts/docs.ts\` from the tables that
\`opta explain TYPE\` shows; change those, not this page.

Every module also has \`type\`, \`name\` (default: the type without hyphens) and \`depends_on\` (modules of the same layer that must be
there before). A field that means nothing on a target is accepted there and noted once. In the tables "on" says where a field has an
effect; it is empty where it has one on every target.`;

const namesOf = (kind: (typeof kinds)[number]['kind']) =>
  moduleTypes.filter((type) => type.kind === kind).map(({ name }) => name);

const link = (name: string) => `[${name}](#${name})`;

function chapter(type: Explained): readonly string[] {
  const others = type.names.filter((name) => name !== type.type);
  const fields = type.fields.filter(({ name }) => name !== 'name' && name !== 'depends_on');
  return [
    `### ${type.type}`,
    type.doc,
    ...(others.length > 0 ? [`Also written: ${others.map((name) => `\`${name}\``).join(', ')}.`] : []),
    fields.length > 0 ? fieldsTable(fields) : 'No fields.',
    ...(type.outputs.length > 0 ? [outputsTable(type)] : []),
    ...(type.variables.length > 0 ? [variables(type)] : []),
    [
      '| target | what it makes of it |',
      '|---|---|',
      ...targetNames.map((name) => `| ${name} | ${cell(type.targets[name])} |`),
    ].join('\n'),
  ];
}

function fieldsTable(fields: readonly ExplainedField[]): string {
  const rows = fields.map((field) => {
    const { name, type, doc, deprecated } = field;
    const text = deprecated === undefined ? doc : `${doc} Out of use: ${deprecated}.`;
    return `| \`${name}\` | ${cell(type)} | ${cell(defaultOf(field))} | ${whereOf(field)} | ${cell(text)} |`;
  });
  return ['| field | type | default | on | |', '|---|---|---|---|---|', ...rows].join('\n');
}

function defaultOf(field: ExplainedField): string {
  if (field.required) return '**required**';
  const code = (value: unknown) => `\`${JSON.stringify(value)}\``;
  const own = field.default === undefined ? [] : [code(field.default)];
  const elsewhere = Object.entries(field.defaultOn).map(([target, value]) => `${code(value)} on ${target}`);
  return [...own, ...elsewhere].join(', ');
}

function whereOf({ on }: ExplainedField): string {
  if (on.length === 0) return 'nowhere yet';
  return on.length === targetNames.length ? '' : on.join(', ');
}

function outputsTable({ outputs }: Explained): string {
  const rows = outputs.map(({ name, doc }) => `| \`${name}\` | ${cell(doc)} |`);
  return ['| output, as `${{module.<name>.<output>}}` | |', '|---|---|', ...rows].join('\n');
}

function variables({ variables, access, defaultAccess }: Explained): string {
  const names = variables.map(({ name, localOnly }) => `\`${name}\`${localOnly ? ' (process and kind only)' : ''}`);
  const how = access.length === 0 ? '' : ` Access: ${access.join(', ')}; by default ${defaultAccess.join(', ')}.`;
  return `A service that links to a module named \`example\` gets ${names.join(', ')}.${how}`;
}
