/** What of a definition a target makes nothing of, told with its place before it runs. */
import type { Diagnostic, Severity } from '../errors.ts';
import { findModuleType } from '../resources/index.ts';
import type { App, OtherModule, Resource, TargetName } from './app.ts';

/**
 * Locally a notice for each module of a service layer that has no effect; none for those that the target has its own in
 * place of. In a cloud a warning for each module and field that is not realised yet, and an error for each resource that
 * is not there, since what links to it could not work.
 */
export function unrealised(app: App, target: TargetName): Diagnostic[] {
  const cloud = isCloud(target);
  const modules = app.modules.filter((module) => cloud || isOfServiceLayer(app, module));
  return [
    ...modules.flatMap((module) => ofModule(module, target)),
    ...(cloud ? app.resources.flatMap((resource) => missing(resource, target)) : []),
    ...(cloud ? [...app.modules, ...app.resources].flatMap((one) => ofFields(one, target)) : []),
  ];
}

function isCloud(target: TargetName): boolean {
  return target === 'aws' || target === 'gcp';
}

function ofModule(module: OtherModule, target: TargetName): Diagnostic[] {
  const type = findModuleType(module.type);
  const made = type?.on[target] ?? '';
  const cloud = isCloud(target);
  const severity: Severity = cloud ? 'warning' : 'notice';
  if (type === undefined || (type.ownLocally === true && !cloud) || !/^(nothing|not there)\b/.test(made)) return [];
  const verb = made.startsWith('nothing') ? 'makes' : 'is';
  const message = `On ${target}, \`${module.name}\` (${module.type}) ${verb} ${made}.`;
  return [{ severity, code: 'no-effect', message, place: module.place, hints: [] }];
}

function missing(resource: Resource, target: TargetName): Diagnostic[] {
  const made = findModuleType(resource.writtenType)?.on[target] ?? '';
  if (!made.startsWith('not there')) return [];
  const message = `On ${target}, \`${resource.name}\` (${resource.writtenType}) is ${made}.`;
  const hints = ['Write another module for this environment, or promote to the other cloud.'];
  return [{ severity: 'error', code: 'not-on-target', message, place: resource.place, hints }];
}

interface UnrealisedField {
  readonly type: string;
  readonly field: string;
  readonly on: readonly TargetName[];
  /** What happens instead. */
  readonly instead: string;
}

const fields: readonly UnrealisedField[] = [
  { type: 'bucket', field: 'files', on: ['aws', 'gcp'], instead: 'nothing is uploaded' },
  { type: 'bucket', field: 'same_region_replication', on: ['aws'], instead: 'versions are kept, in one bucket' },
  { type: 'postgres', field: 'create_global_database', on: ['aws'], instead: 'the database stays in its region' },
  { type: 'postgres', field: 'existing_global_database_id', on: ['aws'], instead: 'the database joins no other' },
  { type: 'k8s-cluster', field: 'enable_metrics', on: ['aws'], instead: 'metrics of nodes come from Kubernetes' },
  { type: 'k8s-base', field: 'nginx_extra_tcp_ports', on: ['gcp'], instead: 'the load balancer opens 80 and 443' },
  { type: 'k8s-base', field: 'expose_self_signed_ssl', on: ['gcp'], instead: 'without a domain there is no TLS' },
  { type: 'topic', field: 'sqs_subscribers', on: ['gcp'], instead: 'queues have topics of their own' },
];

function ofFields(one: OtherModule | Resource, target: TargetName): Diagnostic[] {
  const written = 'writtenType' in one ? one.writtenType : one.type;
  const name = findModuleType(written)?.name;
  return fields
    .filter(({ type, field, on }) => type === name && on.includes(target) && isAsked(one.settings[field]))
    .map(({ field, instead }) => ({
      severity: 'warning',
      code: 'no-effect',
      message: `On ${target}, \`${field}\` of \`${one.name}\` has no effect yet: ${instead}.`,
      place: one.place,
      hints: [],
    }));
}

function isAsked(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false && value !== '';
}

/** The modules of an environment file belong to the layer that bears the environment's name, or to none of the run. */
function isOfServiceLayer(app: App, { layer }: OtherModule): boolean {
  const isOfEnvironment = app.organisation !== undefined && layer === app.environment;
  return !isOfEnvironment && app.layers.some(({ name }) => name === layer);
}
