/** A k8s-service module, checked and resolved to a Service. */
import type { Service, Text } from '../app.ts';
import { checkFields } from '../parse/check.ts';
import type { Checking } from '../parse/checking.ts';
import type { WrittenModule } from '../parse/definition.ts';
import { moduleFields } from '../parse/file-schema.ts';
import { problem } from '../text/findings.ts';
import { clip, get, isEmpty, isLate, type MapNode } from '../text/nodes.ts';
import { placeOf } from '../text/source.ts';
import { linkedNames } from './linked-variables.ts';
import { linksOf } from './links.ts';
import { portsOf, probePortOf } from './ports.ts';
import {
  checkingOf,
  interpolated,
  type Layers,
  numberIn,
  type ResolvingLayer,
  recordIn,
  textIn,
  textsIn,
} from './resolving.ts';
import { routesOf } from './routes.ts';
import { buildOf, cronJobsOf, devOf, probeOf, replicasOf, storageOf } from './service-parts.ts';

type Values = Readonly<Record<string, unknown>>;

/** Fields that became parts of a Service; the rest is in its settings. */
const modelled = new Set([
  'image',
  'port',
  'ports',
  'probe_port',
  'min_containers',
  'max_containers',
  'autoscaling_target_cpu_percentage',
  'autoscaling_target_mem_percentage',
  'env_vars',
  'healthcheck_path',
  'liveness_probe_path',
  'readiness_probe_path',
  'healthcheck_command',
  'liveness_probe_command',
  'readiness_probe_command',
  'consistent_hash',
  'sticky_session',
  'sticky_session_max_age',
  'resource_request',
  'resource_limits',
  'public_uri',
  'links',
  'persistent_storage',
  'cron_jobs',
  'commands',
  'args',
  'secrets',
  'build',
  'dev',
  'timeouts',
  'retries',
]);

/** What is written counts; the defaults only where neither delay is. */
function startupSecondsOf(node: MapNode, values: Readonly<Record<string, unknown>>): number {
  const delays = ['initial_liveness_delay', 'initial_readiness_delay'];
  const written = delays.filter((name) => !isEmpty(get(node, name)));
  return Math.max(...(written.length > 0 ? written : delays).map((name) => numberIn(values, name) ?? 30));
}

export function serviceOf(layer: ResolvingLayer, layers: Layers, module: WrittenModule): Service {
  const checking = checkingOf(layer, module);
  const node = interpolated(layer, module);
  const values = checkFields(checking, node, module.type.fields, { allowed: Object.keys(moduleFields) });
  const id = `${layer.definition.name}/${module.name}`;
  const ports = portsOf(checking, node, values);
  const probes = probesOf(checking, node, values);
  const links = linksOf(layer, layers, checking, module, node);
  const sticky = values.sticky_session === true;
  return {
    id,
    layer: layer.definition.name,
    name: module.name,
    image: imageOf(layer, checking, node, values),
    ports,
    replicas: replicasOf(checking, node, values),
    env: environmentOf(checking, node, values, linkedNames(links)),
    links,
    routes: routesOf(layer, checking, node, values, id, ports),
    ...probes,
    startupSeconds: startupSecondsOf(node, values),
    probePort: probePortOf(checking, node, values, ports),
    stickySession: sticky ? { maxAgeSeconds: numberIn(values, 'sticky_session_max_age') ?? 86_400 } : undefined,
    consistentHash: textIn(values, 'consistent_hash'),
    storage: storageOf(checking, node, values),
    cronJobs: cronJobsOf(checking, node, values),
    command: nonEmpty(textsIn(values, 'commands')),
    args: nonEmpty(textsIn(values, 'args')),
    resources: resourcesOf(values),
    timeouts: timeoutsOf(values),
    retries: retriesOf(values),
    dev: devOf(layer, values),
    settings: Object.fromEntries(Object.entries(values).filter(([key]) => !modelled.has(key))),
    place: placeOf(layer.definition.source, module.nameRange),
  };
}

function nonEmpty(list: readonly string[] | undefined): readonly string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function imageOf(layer: ResolvingLayer, checking: Checking, node: MapNode, values: Values): Service['image'] {
  const written = values.image;
  const place = get(node, 'image') ?? node;
  if (isLate(written)) {
    problem(checking.findings, checking.source, place, 'late-value', 'The image must be known before anything runs.', [
      'write `AUTO` or the reference of an image',
    ]);
  }
  const image = typeof written === 'string' ? written : 'AUTO';
  const build = node.entries.get('build');
  if (image !== 'AUTO') {
    if (/\s/.test(image) || image === '') {
      problem(
        checking.findings,
        checking.source,
        place,
        'invalid-value',
        `"${clip(image)}" is no reference of an image.`,
        ['write `AUTO`, or such as `nginx:1.29`'],
      );
    }
    if (build !== undefined && recordIn(values, 'build') !== undefined) {
      checking.findings.add(
        'notice',
        'no-effect',
        '`build` has no effect, since the image is not AUTO.',
        placeOf(checking.source, build.keyRange),
      );
    }
    return { kind: 'reference', reference: image };
  }
  return { kind: 'build', build: buildOf(layer, recordIn(values, 'build') ?? {}) };
}

function environmentOf(
  checking: Checking,
  node: MapNode,
  values: Values,
  linked: ReadonlyMap<string, string>,
): Service['env'] {
  const written = values.env_vars;
  const pairs: [string, unknown][] = Array.isArray(written)
    ? written.map((entry: Values) => [textIn(entry, 'name') ?? '', entry.value])
    : Object.entries((written ?? {}) as Values);
  const list = get(node, 'env_vars');
  const seen = new Set<string>();
  const result: { name: string; value: Text }[] = [];
  for (const [index, [name, value]] of pairs.entries()) {
    if (name === '' || (typeof value !== 'string' && !isLate(value))) continue;
    const range =
      list?.kind === 'list'
        ? (list.items[index] ?? list)
        : list?.kind === 'map'
          ? (list.entries.get(name)?.keyRange ?? list)
          : node;
    if (!/^[^=\s\0]+$/.test(name)) {
      problem(
        checking.findings,
        checking.source,
        range,
        'invalid-value',
        `"${clip(name)}" cannot be the name of an environment variable.`,
      );
    } else if (seen.has(name)) {
      problem(
        checking.findings,
        checking.source,
        range,
        'duplicate-name',
        `The environment variable \`${clip(name)}\` is written twice.`,
      );
    }
    const giver = linked.get(name);
    if (giver !== undefined && !seen.has(name)) {
      const message = `\`${clip(name)}\` in \`env_vars\` takes the place of the one that the link to \`${giver}\` gives.`;
      checking.findings.add('notice', 'no-effect', message, placeOf(checking.source, range), [
        'remove it, or give the variable of the link another name',
      ]);
    }
    seen.add(name);
    result.push({ name, value: typeof value === 'string' ? [value] : value.late });
  }
  return result;
}

function probesOf(checking: Checking, node: MapNode, values: Values): Pick<Service, 'liveness' | 'readiness'> {
  return {
    liveness: probeOf(checking, node, values, 'liveness'),
    readiness: probeOf(checking, node, values, 'readiness'),
  };
}

function resourcesOf(values: Values): Service['resources'] {
  const request = recordIn(values, 'resource_request') ?? {};
  const memoryMi = numberIn(request, 'memory') ?? 128;
  const limits = recordIn(values, 'resource_limits') ?? {};
  return {
    cpuMilli: numberIn(request, 'cpu') ?? 100,
    memoryMi,
    memoryLimitMi: numberIn(limits, 'memory') ?? memoryMi * 2,
  };
}

function timeoutsOf(values: Values): Service['timeouts'] {
  const written = recordIn(values, 'timeouts') ?? {};
  const request = numberIn(written, 'request');
  const idle = numberIn(written, 'idle');
  return { ...(request === undefined ? {} : { request }), ...(idle === undefined ? {} : { idle }) };
}

function retriesOf(values: Values): Service['retries'] {
  const written = recordIn(values, 'retries');
  if (written === undefined) return undefined;
  const on = (textsIn(written, 'on') ?? ['5xx', 'connect']) as ('5xx' | 'connect')[];
  return { attempts: numberIn(written, 'attempts') ?? 2, on };
}
