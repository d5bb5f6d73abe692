/** mongodb-atlas on both clouds: a cluster, its user, and an allow-list of the environment's own addresses. */
import { AdvancedCluster } from '@pulumi/mongodbatlas/advancedCluster.js';
import { DatabaseUser } from '@pulumi/mongodbatlas/databaseUser.js';
import type { EncryptionAtRest } from '@pulumi/mongodbatlas/encryptionAtRest.js';
import { ProjectIpAccessList } from '@pulumi/mongodbatlas/projectIpAccessList.js';
import { Provider } from '@pulumi/mongodbatlas/provider.js';
import type { Resource as PulumiResource } from '@pulumi/pulumi';
import type { Resource } from '../src/app/app.ts';
import { ofLayer, shortened } from '../src/app/names.ts';
import { secretName } from '../src/app/stack-secrets.ts';
import { UserError } from '../src/errors.ts';
import { atlasSize, isSharedSize } from '../src/resources/mongodb-atlas.ts';
import { type Context, options } from './context.ts';
import type { Values } from './made.ts';
import { secret } from './secrets.ts';
import { text } from './settings.ts';

export type AtlasKeys = ReadonlyMap<string, EncryptionAtRest>;

const sizeOf = ({ settings }: Resource): string => atlasSize(settings);

export const isShared = (cluster: Resource): boolean => isSharedSize(sizeOf(cluster));

export function projectOf({ settings }: Resource): string {
  return String(settings.mongodb_atlas_project_id);
}

export function atlasClusters({ input }: Context): Resource[] {
  const clusters = input.app.resources.filter(({ type }) => type === 'mongodb-atlas');
  const free = new Map<string, Resource>();
  for (const cluster of clusters.filter((one) => sizeOf(one) === 'M0')) {
    const first = free.get(projectOf(cluster));
    if (first !== undefined) {
      const both = `\`${first.name}\` and \`${cluster.name}\``;
      throw new UserError('atlas-free-tier', `${both} are both of size M0, and a project of Atlas has one M0 at most`, {
        place: cluster.place,
        hints: ['Write `mongodb_instance_size: M10` for one of them, or give it another project.'],
      });
    }
    free.set(projectOf(cluster), cluster);
  }
  return clusters;
}

/** The context for resources at Atlas. Its keys come from the environment of whoever promotes. */
export function withAtlas<C extends Context>(context: C): C {
  return { ...context, provider: new Provider('mongodbatlas', {}, {}) };
}

const user = 'app';

/** Our keys by project of Atlas: one for each that has a cluster which can have one. */
export function atlasKeys(clusters: readonly Resource[], make: (projectId: string) => EncryptionAtRest): AtlasKeys {
  const projects = new Set(clusters.filter((cluster) => !isShared(cluster)).map(projectOf));
  return new Map([...projects].map((projectId) => [projectId, make(projectId)]));
}

/** `links` are private links that must stand before the cluster, so that its connection strings name them. */
export function makeAtlasCluster(
  context: Context,
  cluster: Resource,
  cloud: 'AWS' | 'GCP',
  keys: AtlasKeys,
  links: readonly PulumiResource[] = [],
) {
  const { layer, name, settings } = cluster;
  const resource = `atlas-${layer}_${name}`;
  const projectId = projectOf(cluster);
  const shared = isShared(cluster);
  const region = String(settings.region);
  const version = text(settings, 'mongodbversion');
  const key = keys.get(projectId);
  const where = shared ? { providerName: 'TENANT', backingProviderName: cloud } : { providerName: cloud };
  const made = new AdvancedCluster(
    resource,
    {
      projectId,
      // Atlas takes 23 characters into host names.
      name: shortened(`${context.environment}-${ofLayer(layer, name)}`, 23),
      clusterType: 'REPLICASET',
      replicationSpecs: [
        {
          regionConfigs: [
            {
              ...where,
              regionName: region,
              priority: 7,
              electableSpecs: { instanceSize: sizeOf(cluster), ...(shared ? {} : { nodeCount: 3 }) },
            },
          ],
        },
      ],
      ...(shared ? {} : { backupEnabled: true, pitEnabled: context.production, encryptionAtRestProvider: cloud }),
      ...(shared || version === undefined ? {} : { mongoDbMajorVersion: version }),
      terminationProtectionEnabled: context.production,
    },
    {
      ...options(context, resource, { protect: context.production }),
      dependsOn: [...links, ...(shared || key === undefined ? [] : [key])],
    },
  );
  new DatabaseUser(
    `${resource}-user`,
    {
      projectId,
      username: user,
      password: secret(secretName(cluster.id, 'password')),
      authDatabaseName: 'admin',
      roles: [{ roleName: 'readWrite', databaseName: text(settings, 'database_name') ?? 'mongodb_database' }],
      scopes: [{ name: made.name, type: 'CLUSTER' }],
    },
    options(context, `${resource}-user`),
  );
  return made;
}

export function atlasValues(connectionString: Values[string], addresses: readonly string[]): Values {
  return {
    db_user: user,
    mongodb_atlas_connection_string: connectionString,
    mongodb_atlas_ipaccesslist: addresses.join(','),
  };
}

/** One entry an address, once a project. */
export function allowAddresses(context: Context, clusters: readonly Resource[], addresses: readonly string[]): void {
  if (addresses.length === 0 && clusters.length > 0) {
    throw new UserError(
      'atlas-addresses',
      'Atlas must know the addresses that the environment calls from, and they are not ours',
      {
        ...(clusters[0] === undefined ? {} : { place: clusters[0].place }),
        hints: ['Let `base` make the network, or take a size from M10 on AWS, which is reached by a private link.'],
      },
    );
  }
  for (const projectId of new Set(clusters.map(projectOf))) {
    for (const [index, ipAddress] of addresses.entries()) {
      const name = `atlas-address-${projectId}-${index}`;
      new ProjectIpAccessList(
        name,
        { projectId, ipAddress, comment: `opta ${context.environment}` },
        options(context, name),
      );
    }
  }
}
