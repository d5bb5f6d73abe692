/** Resources that run in the cluster, on local targets: the table, and the objects of each. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App, Resource, Service } from '../../../app/app.ts';
import { callersOfResource } from '../../../app/callers.ts';
import type { ResourceName } from '../../../resources/names.ts';
import type { Owner } from '../metadata.ts';
import type { ManifestOptions, OutputValue } from '../options.ts';
import { isStandIn, standIn, standInName, standInOutputs } from './aws.ts';
import { mongodb } from './mongodb.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import type { Realisation } from './realisation.ts';
import { redis } from './redis.ts';
import { serverObjects } from './server.ts';

export { standInVariables } from './aws.ts';
export { authorityFile } from './realisation.ts';

/** `stand-in`: shares one server with all others of its layer. */
const realisations: { readonly [K in ResourceName]: Realisation | 'stand-in' } = {
  postgres,
  mysql,
  redis,
  mongodb,
  documentdb: mongodb,
  'mongodb-atlas': mongodb,
  bucket: 'stand-in',
  queue: 'stand-in',
  topic: 'stand-in',
  dynamodb: 'stand-in',
};

/** The values that links to a resource in the cluster read. */
export function outputsOf(resource: Resource, options: ManifestOptions): Readonly<Record<string, OutputValue>> {
  const found = realisations[resource.type];
  return found === 'stand-in' ? standInOutputs(resource) : found.outputs(resource, options);
}

/** True when one of its links leads to the stand-in for AWS. */
export function usesStandIn(app: App, { links }: Service): boolean {
  return app.resources.some((resource) => isStandIn(resource) && links.some(({ to }) => to === resource.id));
}

/** Everything for the resources of one layer. */
export function resourceObjects(app: App, layer: string, options: ManifestOptions): readonly KubernetesObject[] {
  const all = app.resources.filter((resource) => resource.layer === layer);
  const servers = all.flatMap((resource) => {
    const found = realisations[resource.type];
    if (found === 'stand-in') return [];
    const owner: Owner = { layer, name: resource.name, component: 'resource' };
    return serverObjects(app, owner, found.server(resource, options), callersOfResource(app, [resource]), options);
  });
  const shared = all.filter(isStandIn);
  if (shared.length === 0) return servers;
  const owner: Owner = { layer, name: standInName, component: 'resource' };
  return [...servers, ...serverObjects(app, owner, standIn(shared, options), callersOfResource(app, shared), options)];
}
