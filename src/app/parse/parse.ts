/** YAML text to a Definition: which kind of file it is, its name, environments, variables and modules. */
import { dirname } from 'node:path';
import type { Fields } from '../../resources/field.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip, described, get, type MapNode, type Node, stringOf } from '../text/nodes.ts';
import { refusePlaceholders } from '../text/placeholders.ts';
import type { Range, Source } from '../text/source.ts';
import { parseYaml } from '../text/yaml.ts';
import { modulesInEnvironments } from '../text/yaml-slips.ts';
import { checkFields } from './check.ts';
import { checkName } from './check-name.ts';
import type { Checking } from './checking.ts';
import type { Definition, DefinitionKind, InputVariable, WrittenEnvironment } from './definition.ts';
import { clusterFileFields, environmentFields, environmentFileFields, serviceFileFields } from './file-schema.ts';
import { parseModules } from './parse-modules.ts';
import { parseProvider } from './parse-provider.ts';

/** Reads one definition file. Undefined when too little of it can be read; the findings say why. */
export function parseDefinition(file: string, bytes: Uint8Array | string, findings: Findings): Definition | undefined {
  const { source, root } = parseYaml(file, bytes, findings);
  if (root === undefined) return undefined;
  if (root.kind !== 'map') {
    problem(
      findings,
      source,
      root,
      'wrong-type',
      `A definition is a map of keys, and this file is ${described(root)}.`,
      ['begin it with `name: my-layer`; `opta init` writes one that runs'],
    );
    return undefined;
  }
  refusePlaceholders(source, findings);
  return definitionOf(source, root, findings);
}

function kindOf(root: MapNode): DefinitionKind {
  if (root.entries.has('environments')) return 'service';
  return root.entries.has('org_name') || root.entries.has('providers') ? 'environment' : 'cluster';
}

const what: Record<DefinitionKind, string> = {
  environment: 'an environment file',
  service: 'a service layer',
  cluster: 'a layer without environments',
};

const fieldsOf: Record<DefinitionKind, Fields> = {
  environment: environmentFileFields,
  service: serviceFileFields,
  cluster: clusterFileFields,
};

function definitionOf(source: Source, root: MapNode, findings: Findings): Definition {
  const kind = kindOf(root);
  const strays = kind === 'service' ? strayModules(source, root, findings) : undefined;
  const foreign = kind === 'service' ? foreignKeys(source, root, findings) : [];
  const { modules: modulesField, environments: _, ...rest } = fieldsOf[kind];
  const fields: Fields =
    strays !== undefined || modulesField === undefined
      ? rest
      : { ...rest, modules: { ...modulesField, type: { kind: 'any' } } };
  const checking: Checking = { source, findings, target: 'process', owner: what[kind] };
  const values = checkFields(checking, root, fields, {
    allowed: [...foreign, ...(kind === 'service' ? ['environments', 'modules'] : ['modules'])],
  });
  const nameEntry = root.entries.get('name');
  const nameRange: Range = nameEntry?.value ?? { start: root.start, end: root.start + 1 };
  const name = typeof values.name === 'string' ? values.name : '';
  if (name !== '') checkName(source, nameRange, name, 'layer', findings);
  const provider = parseProvider(source, get(root, 'providers'), findings, root.entries.get('providers')?.keyRange);
  return {
    source,
    file: source.file,
    folder: dirname(source.file),
    kind,
    name,
    nameRange,
    organisation: typeof values.org_name === 'string' ? values.org_name : undefined,
    provider: kind === 'environment' ? provider : undefined,
    environments: parseEnvironments(checking, get(root, 'environments'), root, strays),
    inputVariables: parseInputVariables(checking, get(root, 'input_variables')),
    authorization:
      values.authorization === 'links' || values.authorization === 'open' ? values.authorization : undefined,
    modules: parseModules(
      source,
      strays === undefined ? get(root, 'modules') : { kind: 'list', items: strays, start: root.start, end: root.end },
      findings,
    ),
  };
}

/** `modules:` indented into an entry of `environments`: a report, and the modules that were meant, so that they are checked too. */
function strayModules(source: Source, root: MapNode, findings: Findings): Node[] | undefined {
  const environments = get(root, 'environments');
  if (environments?.kind !== 'list' || root.entries.has('modules')) return undefined;
  const strays = environments.items.flatMap((item) => (item.kind === 'map' ? (item.entries.get('modules') ?? []) : []));
  for (const entry of strays) {
    const { code, message, hints } = modulesInEnvironments;
    problem(findings, source, entry.keyRange, code, message, hints);
  }
  if (strays.length === 0) return undefined;
  const inside = strays.flatMap((entry) => (entry.value.kind === 'list' ? entry.value.items : []));
  return [...inside, ...environments.items.filter((item) => item.kind === 'map' && item.entries.has('type'))];
}

/** `org_name` and `providers` belong into the environment file. */
function foreignKeys(source: Source, root: MapNode, findings: Findings): string[] {
  const foreign = ['org_name', 'providers'].filter((key) => root.entries.has(key));
  for (const key of foreign) {
    const range = root.entries.get(key)?.keyRange ?? root;
    problem(
      findings,
      source,
      range,
      'misplaced',
      `\`${key}\` belongs into an environment file, and this one is a service layer: it has \`environments\`.`,
      [`remove \`${key}\`, or remove \`environments\` when this file is an environment`],
    );
  }
  return foreign;
}

function parseEnvironments(
  checking: Checking,
  node: Node | undefined,
  root: MapNode,
  strays: readonly Node[] | undefined,
): WrittenEnvironment[] {
  if (node === undefined) return [];
  const { source, findings } = checking;
  if (node.kind !== 'list' || node.items.length === 0) {
    const range = root.entries.get('environments')?.keyRange ?? node;
    problem(
      findings,
      source,
      range,
      'wrong-type',
      `\`environments\` must be a list with an entry for each environment, and is ${described(node)}.`,
      ['write `- name: staging` and `path: staging/opta.yaml` below it, or remove it for a cluster of your own'],
    );
    return [];
  }
  const seen = new Set<string>();
  return node.items.flatMap((item) => {
    if (strays?.includes(item)) return [];
    if (item.kind !== 'map') {
      problem(
        findings,
        source,
        item,
        'wrong-type',
        `An entry of \`environments\` is a map with name and path, and this is ${described(item)}.`,
      );
      return [];
    }
    const values = checkFields({ ...checking, owner: 'an environment' }, item, environmentFields, {
      allowed: strays === undefined ? [] : ['modules'],
    });
    if (typeof values.name !== 'string' || typeof values.path !== 'string') return [];
    const range = get(item, 'name') ?? item;
    if (seen.has(values.name))
      problem(findings, source, range, 'duplicate-name', `The environment \`${clip(values.name)}\` is listed twice.`);
    seen.add(values.name);
    const variables = new Map([...variablesOf(get(item, 'variables')), ...variablesOf(get(item, 'vars'))]);
    const promotesFrom = typeof values.promotes_from === 'string' ? values.promotes_from : undefined;
    const pathRange = get(item, 'path') ?? item;
    return [{ name: values.name, path: values.path, range, pathRange, variables, promotesFrom }];
  });
}

function variablesOf(node: Node | undefined): [string, Node][] {
  return node?.kind === 'map' ? [...node.entries.values()].map((entry) => [entry.key, entry.value]) : [];
}

function parseInputVariables(checking: Checking, node: Node | undefined): InputVariable[] {
  if (node?.kind !== 'list') return [];
  const seen = new Set<string>();
  return node.items.flatMap((item) => {
    const name = item.kind === 'map' ? stringOf(get(item, 'name')) : undefined;
    if (item.kind !== 'map' || name === undefined) return [];
    const range = get(item, 'name') ?? item;
    if (seen.has(name))
      problem(
        checking.findings,
        checking.source,
        range,
        'duplicate-name',
        `The variable \`${clip(name)}\` is declared twice.`,
      );
    seen.add(name);
    const standard = get(item, 'default');
    return [{ name, range, default: standard?.kind === 'scalar' && standard.value === null ? undefined : standard }];
  });
}
