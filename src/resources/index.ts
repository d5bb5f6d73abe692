/** The table of every module type, and how a name in a file finds its type. */
import { bucket } from './bucket.ts';
import { documentdb } from './documentdb.ts';
import { dynamodb } from './dynamodb.ts';
import type { ModuleType, Provider } from './module-type.ts';
import { customTerraform, datadog, externalState, helmChart, k8sManifest } from './modules/charts.ts';
import { awsSes, awsVpn, cloudfrontDistribution, globalAccelerator, lambdaFunction } from './modules/edge.ts';
import { awsIamPolicy, awsIamRole, awsIamUser, gcpServiceAccount } from './modules/identity.ts';
import { k8sBase } from './modules/k8s-base.ts';
import { awsNodegroup, gcpNodepool, k8sCluster } from './modules/k8s-cluster.ts';
import { k8sService } from './modules/k8s-service.ts';
import { base, dns, externalSslCert, localBase } from './modules/network.ts';
import { mongodb } from './mongodb.ts';
import { mongodbAtlas } from './mongodb-atlas.ts';
import { mysql } from './mysql.ts';
import type { ResourceName } from './names.ts';
import { postgres } from './postgres.ts';
import { queue } from './queue.ts';
import { redis } from './redis.ts';
import { topic } from './topic.ts';

/** What services link to, by the one name that it has on every target. */
export const resourceTypes: { readonly [K in ResourceName]: ModuleType } = {
  postgres,
  mysql,
  mongodb,
  redis,
  documentdb,
  'mongodb-atlas': mongodbAtlas,
  bucket,
  queue,
  topic,
  dynamodb,
};

/** Every type of module, services first. */
export const moduleTypes: readonly ModuleType[] = [
  k8sService,
  ...Object.values(resourceTypes),
  base,
  k8sCluster,
  k8sBase,
  dns,
  awsNodegroup,
  gcpNodepool,
  externalSslCert,
  awsIamRole,
  awsIamUser,
  awsIamPolicy,
  gcpServiceAccount,
  awsSes,
  cloudfrontDistribution,
  lambdaFunction,
  globalAccelerator,
  awsVpn,
  datadog,
  customTerraform,
  externalState,
  helmChart,
  k8sManifest,
  localBase,
];

const byName: ReadonlyMap<string, ModuleType> = new Map(
  moduleTypes.flatMap((type) => namesOf(type).map((name) => [name, type] as const)),
);

/** Every name that a type may be written by, the neutral one first. */
export function namesOf(type: ModuleType): string[] {
  return [...new Set([type.name, ...Object.values(type.concrete), ...(type.also ?? [])])];
}

export function findModuleType(name: string): ModuleType | undefined {
  return byName.get(name);
}

/** Every name of every type. */
export function moduleTypeNames(): string[] {
  return [...byName.keys()];
}

/** The concrete name where the provider has one, else the name as written. */
export function concreteName(type: ModuleType, written: string, provider: Provider | undefined): string {
  if (written !== type.name || provider === undefined) return written;
  return type.concrete[provider] ?? written;
}
