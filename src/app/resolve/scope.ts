/** What the references of a layer stand for in one environment on one target. */
import { moduleTypes } from '../../resources/index.ts';
import type { ModuleType } from '../../resources/module-type.ts';
import type { Part, TargetName } from '../app.ts';
import { clusterName, localDomain } from '../names.ts';
import { didYouMean, listed, maySearch } from '../nearest.ts';
import type { Definition, WrittenModule } from '../parse/definition.ts';
import type { Findings } from '../text/findings.ts';
import { get, type Node, type ScalarNode, stringOf } from '../text/nodes.ts';
import { type Environment, isLocal } from './environment.ts';

export type Found =
  | { readonly node: Node; readonly standIn?: boolean }
  | { readonly part: Part }
  | { readonly unknown: string; readonly hints: readonly string[] };

export interface Scope {
  readonly layer: string;
  readonly target: TargetName;
  readonly environment: Environment;
  readonly variables: ReadonlyMap<string, Node>;
  readonly modules: ReadonlyMap<string, WrittenModule>;
  readonly findings: Findings;
}

export function scopeOf(
  definition: Definition,
  environment: Environment,
  target: TargetName,
  variables: ReadonlyMap<string, Node>,
  findings: Findings,
): Scope {
  const modules = new Map(definition.modules.map((module) => [module.name, module]));
  return { layer: definition.name, target, environment, variables, modules, findings };
}

const simple = [
  'env',
  'layer_name',
  'parent_name',
  'region',
  'state_storage',
  'kubeconfig',
  'k8s_access_token',
] as const;
const clouds = ['aws', 'google', 'gcp', 'azurerm', 'local', 'provider'] as const;
const roots = ['vars', 'variables', 'parent', 'module', ...simple, ...clouds];

export function scalarNode(text: string, more: Partial<ScalarNode> = {}): ScalarNode {
  return { kind: 'scalar', value: text, text, start: 0, end: 0, ...more };
}

const text = (value: string): Found => ({ node: scalarNode(value) });
const standIn = (value: string): Found => ({ node: scalarNode(value, { standIn: true }), standIn: true });

/** What a reference stands for. Undefined when it cannot be a reference, so that its text stays. */
export function lookUp(scope: Scope, path: readonly string[]): Found | undefined {
  const [root = '', ...rest] = path;
  if (root === 'vars' || root === 'variables') return variable(scope, root, rest);
  if (root === 'parent') return parentOutput(scope, rest);
  if (root === 'module') return moduleOutput(scope, rest);
  if ((clouds as readonly string[]).includes(root)) return providerSetting(scope, root, rest);
  if ((simple as readonly string[]).includes(root) && rest.length === 0) return simpleValue(scope, root);
  const written = `{${path.join('.')}}`;
  const lower = root.toLowerCase();
  if (/[A-Z]/.test(root) && !roots.includes(lower)) return undefined;
  const hints = didYouMean(
    root,
    rest.length > 0 ? roots.filter((name) => !(simple as readonly string[]).includes(name)) : roots,
    scope.findings,
  );
  return {
    unknown: `\`${written}\` names nothing that is known.`,
    hints: [...hints, `if the braces are meant as text, double them: "{${written}}"`],
  };
}

function variable(scope: Scope, root: string, rest: readonly string[]): Found {
  const name = rest.join('.');
  const found = scope.variables.get(rest[0] ?? '');
  if (found !== undefined) {
    const inside = rest
      .slice(1)
      .reduce<Node | undefined>((node, key) => (node?.kind === 'map' ? get(node, key) : undefined), found);
    if (inside !== undefined) return { node: inside };
  }
  const known = maySearch(scope.findings) ? [...scope.variables.keys()] : [];
  const where = scope.environment.implicit
    ? 'no input variable declares it'
    : `environment \`${scope.environment.name}\` gives no value`;
  return {
    unknown: `\`{${root}.${name}}\` has no value: ${where}.`,
    hints: [
      ...didYouMean(name, known),
      `give it with --var ${name === '' ? 'name' : name}=value, under \`variables\` of the environment, or as a default in \`input_variables\``,
      ...(known.length === 0 ? [] : [`there are ${listed(known)}`]),
    ],
  };
}

function simpleValue(scope: Scope, root: string): Found {
  const { environment, target } = scope;
  const provider = environment.provider;
  if (root === 'env') return text(environment.name);
  if (root === 'layer_name') return text(scope.layer);
  if (root === 'parent_name') return text(environment.name);
  if (root === 'kubeconfig') return text('~/.kube/config');
  if (root === 'state_storage')
    return text(isLocal(target) ? '.opta' : `opta-state-${environment.organisation ?? 'local'}-${environment.name}`);
  if (root === 'region') {
    const region = provider?.settings.get('region') ?? provider?.settings.get('location');
    return region === undefined ? standIn(localSettings.region ?? '') : { node: region };
  }
  return standIn('local');
}

/** What SDKs of the clouds accept when there is no cloud. */
const localSettings: Readonly<Record<string, string>> = {
  region: 'us-east-1',
  location: 'centralus',
  account_id: '000000000000',
  project: 'local',
  tenant_id: '00000000-0000-0000-0000-000000000000',
  subscription_id: '00000000-0000-0000-0000-000000000000',
};

function providerSetting(scope: Scope, root: string, rest: readonly string[]): Found {
  const provider = scope.environment.provider;
  const name = rest[0] ?? '';
  const wanted = root === 'gcp' ? 'google' : root;
  const own = provider !== undefined && (root === 'provider' || provider.name === wanted);
  const value = own ? provider.settings.get(name) : undefined;
  if (value !== undefined && rest.length === 1) return { node: value };
  const standard = wanted === 'google' && name === 'region' ? 'us-central1' : localSettings[name];
  if (standard !== undefined && rest.length === 1 && isLocal(scope.target)) return standIn(standard);
  const known = [...(provider?.settings.keys() ?? [])].map((key) => `${provider?.name}.${key}`);
  return {
    unknown: `\`{${[root, ...rest].join('.')}}\` has no value in environment \`${scope.environment.name}\`.`,
    hints: [
      ...didYouMean([root, ...rest].join('.'), known),
      ...(known.length === 0 ? [] : [`its provider has ${listed(known)}`]),
    ],
  };
}

/** Values that outputs of the network and the cluster have on local targets; anything else is a plain word. */
function localOutput(scope: Scope, output: string): Found {
  if (output === 'domain') return text(localDomain(scope.layer));
  if (output === 'k8s_cluster_name') return text(clusterName(scope.environment.name));
  if (output === 'load_balancer_raw_dns') return text('localhost');
  if (output === 'load_balancer_raw_ip' || output === 'public_nat_ips') return standIn('127.0.0.1');
  return standIn(`local-${output.replaceAll('_', '-')}`);
}

const everyOutput: ReadonlySet<string> = new Set(
  moduleTypes.flatMap((type) => (type.kind === 'other' ? Object.keys(type.outputs) : [])),
);

function parentOutput(scope: Scope, rest: readonly string[]): Found {
  const name = rest.join('.');
  const modules = scope.environment.definition?.modules ?? [];
  for (const module of modules) {
    const output = outputNamed(module, name);
    if (output === undefined) continue;
    if (isLocal(scope.target)) return localOutput(scope, output);
    const written = writtenText(module, output);
    if (written !== undefined) return { node: written };
    if (output === 'k8s_cluster_name') return text(clusterName(scope.environment.name));
    return { part: { resource: `${scope.environment.name}/${module.name}`, output } };
  }
  if (isLocal(scope.target) && (everyOutput.has(name) || name === 'name'))
    return name === 'name' ? text(scope.environment.name) : localOutput(scope, name);
  const known = isLocal(scope.target) ? everyOutput : modules.flatMap((module) => Object.keys(module.type.outputs));
  const giver = moduleTypes.find((type) => type.environment === true && name in type.outputs);
  return {
    unknown: `\`{parent.${name}}\` is no output of environment \`${scope.environment.name}\`.`,
    hints: [
      ...(giver === undefined
        ? didYouMean(name, known, scope.findings)
        : [`module type \`${giver.name}\` gives it: add that to the environment`]),
      '`opta explain TYPE` lists the outputs of a type',
    ],
  };
}

/** An output that is a field of the same name, such as `domain`, is known before anything runs. */
function writtenText(module: WrittenModule, output: string): Node | undefined {
  const node = get(module.node, output);
  return stringOf(node)?.includes('{') === false ? node : undefined;
}

/** The output of a module that a name asks for: `domain`, or `<module>_domain` when there are several of a type. */
function outputNamed(module: WrittenModule, name: string): string | undefined {
  if (module.type.kind === 'service') return undefined;
  if (Object.hasOwn(module.type.outputs, name)) return name;
  const prefix = `${module.name}_`;
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
  return rest !== undefined && Object.hasOwn(module.type.outputs, rest) ? rest : undefined;
}

function moduleOutput(scope: Scope, rest: readonly string[]): Found {
  const [name = '', ...outputs] = rest;
  const module = scope.modules.get(name);
  if (module === undefined) {
    return {
      unknown: `This layer has no module \`${name}\`.`,
      hints: didYouMean(name, scope.modules.keys(), scope.findings),
    };
  }
  const output = outputs.join('.');
  if (!hasOutput(module.type, output)) {
    const known = Object.keys(module.type.outputs);
    return {
      unknown: `Module \`${name}\` (${module.writtenType}) has no output \`${output}\`.`,
      hints: [...didYouMean(output, known, scope.findings), ...(known.length === 0 ? [] : [`it has ${listed(known)}`])],
    };
  }
  if (module.type.kind !== 'resource' && isLocal(scope.target)) return localModuleOutput(scope, module, output);
  const written = module.type.name === 'dns' && output === 'domain' ? writtenText(module, output) : undefined;
  if (written !== undefined) return { node: written };
  return { part: { resource: `${scope.layer}/${name}`, output } };
}

function hasOutput(type: ModuleType, output: string): boolean {
  return output !== '' && (type.openOutputs === true || Object.hasOwn(type.outputs, output));
}

function localModuleOutput(scope: Scope, module: WrittenModule, output: string): Found {
  if (module.type.kind !== 'service') return localOutput(scope, output);
  const image = stringOf(get(module.node, 'image')) ?? 'AUTO';
  const built = image === 'AUTO';
  const reference = built ? `${scope.layer}/${module.name}:local` : image;
  const tag = /:([\w][\w.-]*)$/.exec(reference)?.[1] ?? '';
  const digest = /@(sha256:[0-9a-f]+)$/.exec(reference)?.[1] ?? '';
  const values: Record<string, string> = {
    current_image: reference,
    current_tag: tag,
    current_digest: digest,
    docker_repo_url: built ? `${scope.layer}/${module.name}` : '',
  };
  return text(values[output] ?? '');
}
