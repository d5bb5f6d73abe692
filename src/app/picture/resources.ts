/** What a resource is on a target, and how one talks to it. */
import { resourceTypes } from '../../resources/index.ts';
import type { ResourceName } from '../../resources/names.ts';
import type { Resource, TargetName } from '../app.ts';
import type { Security } from './shape.ts';

interface Spoken {
  readonly protocol: string;
  /** Without TLS where a local stand-in serves it. */
  readonly standIn: boolean;
}

const spoken: { readonly [K in ResourceName]: Spoken } = {
  postgres: { protocol: 'PostgreSQL', standIn: false },
  mysql: { protocol: 'MySQL', standIn: false },
  mongodb: { protocol: 'MongoDB', standIn: false },
  documentdb: { protocol: 'MongoDB', standIn: false },
  'mongodb-atlas': { protocol: 'MongoDB', standIn: false },
  redis: { protocol: 'Redis', standIn: false },
  bucket: { protocol: 'HTTPS', standIn: true },
  queue: { protocol: 'HTTPS', standIn: true },
  topic: { protocol: 'HTTPS', standIn: true },
  dynamodb: { protocol: 'HTTPS', standIn: true },
};

/** On kind a pod of ours is reached through the mesh too, but what protects the bytes end to end is its own TLS. */
export function resourceProtocol(
  type: ResourceName,
  target: TargetName,
): { readonly protocol: string; readonly security: Security } {
  const { protocol, standIn } = spoken[type];
  // Some builds of the server found on PATH have no TLS.
  if (type === 'redis' && target === 'process') return { protocol, security: 'undecided' };
  const local = target === 'process' || target === 'kind';
  return standIn && local ? { protocol: 'HTTP', security: 'none' } : { protocol, security: 'TLS' };
}

/** Databases and caches stand in data subnets of a cloud; what has an address in the region stands beside the network. */
export const inNetwork = (type: string): boolean => ['postgres', 'mysql', 'documentdb', 'redis'].includes(type);

/** What the target makes of it, then what its settings decide. */
export function resourceFacts({ type, settings }: Resource, target: TargetName): string[] {
  const cloud = target === 'aws' || target === 'gcp';
  const facts = [resourceTypes[type].on[target]];
  const version = settings['engine_version'];
  if (typeof version === 'string' && version !== '') facts.push(`version ${version}`);
  if (cloud && settings['multi_az'] === true) facts.push('standby in another zone');
  if (cloud && settings['safety'] === true) facts.push('deletion protected');
  return facts;
}
