/** Resources and the other modules: checked, with defaults. */
import { concreteName } from '../../resources/index.ts';
import { oldestKubernetes } from '../../resources/modules/k8s-cluster.ts';
import type { OtherModule, Resource } from '../app.ts';
import { checkFields } from '../parse/check.ts';
import type { WrittenModule } from '../parse/definition.ts';
import { moduleFields } from '../parse/file-schema.ts';
import { problem } from '../text/findings.ts';
import { get, type MapNode } from '../text/nodes.ts';
import { placeOf } from '../text/source.ts';
import { linksOf } from './links.ts';
import { checkingOf, interpolated, type Layers, listIn, type ResolvingLayer, textIn } from './resolving.ts';

type Values = Record<string, unknown>;

export function resourceOf(layer: ResolvingLayer, module: WrittenModule): Resource | undefined {
  const name = module.type.resource;
  if (name === undefined) return undefined;
  const { values } = settingsOf(layer, module);
  return {
    id: `${layer.definition.name}/${module.name}`,
    layer: layer.definition.name,
    name: module.name,
    type: name,
    writtenType: module.writtenType,
    settings: values,
    links: [],
    place: placeOf(layer.definition.source, module.nameRange),
  };
}

export function otherModuleOf(layer: ResolvingLayer, layers: Layers, module: WrittenModule): OtherModule {
  const { values, node } = settingsOf(layer, module);
  checkTogether(layer, module, node, values);
  if (module.type.fields.links !== undefined && module.type.name !== 'cloudfront-distribution') {
    values.links = linksOf(layer, layers, checkingOf(layer, module), module, node).map(({ to, access }) => ({
      to,
      access,
    }));
  }
  return {
    id: `${layer.definition.name}/${module.name}`,
    layer: layer.definition.name,
    name: module.name,
    type: concreteName(module.type, module.writtenType, layer.environment.provider?.name),
    settings: values,
    place: placeOf(layer.definition.source, module.nameRange),
  };
}

function settingsOf(layer: ResolvingLayer, module: WrittenModule): { values: Values; node: MapNode } {
  const node = interpolated(layer, module);
  const values = checkFields(checkingOf(layer, module), node, module.type.fields, {
    allowed: Object.keys(moduleFields),
  });
  if (layer.environment.name.startsWith('prod')) {
    for (const key of ['multi_az', 'safety'])
      if (key in module.type.fields && !node.entries.has(key)) values[key] = true;
  }
  return { values, node };
}

/** Rules over several fields of one module. */
function checkTogether(layer: ResolvingLayer, module: WrittenModule, node: MapNode, values: Values): void {
  const { findings, source } = checkingOf(layer, module);
  const at = (key: string) => node.entries.get(key)?.keyRange ?? module.typeRange;
  if (
    module.type.name === 'helm-chart' &&
    textIn(values, 'repository') !== undefined &&
    values.chart_version === undefined
  ) {
    problem(
      findings,
      source,
      at('repository'),
      'conflicting-fields',
      'A chart of a repository needs `chart_version`.',
      ['add `chart_version:`'],
    );
  }
  if (module.type.name === 'helm-chart' && node.entries.has('values_file') && node.entries.has('values_files')) {
    problem(
      findings,
      source,
      at('values_files'),
      'conflicting-fields',
      '`values_file` and `values_files` exclude each other.',
      ['put the file into `values_files`'],
    );
  }
  if (module.type.name === 'custom-terraform' && values.source === undefined && values.path_to_module === undefined) {
    problem(
      findings,
      source,
      module.typeRange,
      'missing-field',
      'custom-terraform needs `source`, which is not there.',
      ['add `source:`, a folder or a registry address'],
    );
  }
  checkBounds(layer, module, node, values);
  if (module.type.name === 'k8s-cluster') raiseOldVersion(layer, module, node, values);
  if (module.type.name === 'base') checkOwnNetwork(layer, module, node);
  if (module.type.name === 'k8s-base') checkTlsPorts(layer, module, node, values);
}

function checkBounds(layer: ResolvingLayer, module: WrittenModule, node: MapNode, values: Values): void {
  const { min_nodes: min, max_nodes: max } = values;
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return;
  const { findings, source } = checkingOf(layer, module);
  if (!node.entries.has('min_nodes')) {
    values.min_nodes = max;
    return;
  }
  if (!node.entries.has('max_nodes')) {
    values.max_nodes = min;
    return;
  }
  problem(
    findings,
    source,
    get(node, 'min_nodes') ?? node,
    'invalid-value',
    `\`min_nodes\` is ${min}, more than \`max_nodes\`, which is ${max}.`,
  );
}

/** A version that is no longer offered becomes the oldest supported one. */
function raiseOldVersion(layer: ResolvingLayer, module: WrittenModule, node: MapNode, values: Values): void {
  const written = textIn(values, 'k8s_version');
  const minor = written === undefined ? undefined : /^1\.(\d+)/.exec(written)?.[1];
  if (minor === undefined || Number(minor) >= Number(oldestKubernetes.slice(2))) return;
  values.k8s_version = oldestKubernetes;
  const { findings, source } = checkingOf(layer, module);
  const place = placeOf(source, get(node, 'k8s_version') ?? node);
  const message = `Kubernetes ${written} is no longer offered; ${oldestKubernetes}, the oldest supported one, is taken.`;
  findings.add('notice', 'old-version', message, place, [`write \`k8s_version: "${oldestKubernetes}"\` or newer`]);
}

function checkOwnNetwork(layer: ResolvingLayer, module: WrittenModule, node: MapNode): void {
  const keys = ['vpc_id', 'public_subnet_ids', 'private_subnet_ids'];
  const written = keys.filter((key) => node.entries.has(key));
  if (written.length === 0 || written.length === keys.length) return;
  const missing = keys.filter((key) => !node.entries.has(key)).map((key) => `\`${key}\``);
  const { findings, source } = checkingOf(layer, module);
  const range = node.entries.get(written[0] ?? '')?.keyRange ?? node;
  problem(
    findings,
    source,
    range,
    'conflicting-fields',
    `A network of your own needs all three fields, and ${missing.join(' and ')} is missing.`,
    ['write all of them or none'],
  );
}

function checkTlsPorts(layer: ResolvingLayer, module: WrittenModule, node: MapNode, values: Values): void {
  const open = new Set(listIn(values, 'nginx_extra_tcp_ports') ?? []);
  const missing = (listIn(values, 'nginx_extra_tcp_ports_tls') ?? []).filter((port) => !open.has(port));
  if (missing.length === 0) return;
  const { findings, source } = checkingOf(layer, module);
  problem(
    findings,
    source,
    get(node, 'nginx_extra_tcp_ports_tls') ?? node,
    'conflicting-fields',
    `TLS is asked for on port ${missing.join(', ')}, which \`nginx_extra_tcp_ports\` does not open.`,
    ['add it to `nginx_extra_tcp_ports` too'],
  );
}
