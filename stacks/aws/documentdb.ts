/** aws-documentdb: a cluster of DocumentDB, encrypted, TLS forced, reached by the nodes only. */
import { Cluster } from '@pulumi/aws/docdb/cluster.js';
import { ClusterInstance } from '@pulumi/aws/docdb/clusterInstance.js';
import { ClusterParameterGroup } from '@pulumi/aws/docdb/clusterParameterGroup.js';
import { SubnetGroup } from '@pulumi/aws/docdb/subnetGroup.js';
import type { Output } from '@pulumi/pulumi';
import type { Resource } from '../../src/app/app.ts';
import { environmentName, resourceName } from '../../src/app/names.ts';
import { secretName } from '../../src/app/stack-secrets.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made, Values } from '../made.ts';
import { secret } from '../secrets.ts';
import { flag, number, text } from '../settings.ts';
import { accessGroup } from './access.ts';
import type { AwsContext } from './context.ts';
import { storeSecret } from './store.ts';
import { dataSubnets } from './subnets.ts';

const port = 27017;
const user = 'opta';

export function makeDocuments(context: AwsContext): Made {
  const clusters = context.input.app.resources.filter(({ type }) => type === 'documentdb');
  if (clusters.length === 0) return {};
  return part(context, 'data:Documents', 'documents', (inside) => {
    const subnets = new SubnetGroup(
      'documents-subnets',
      {
        name: environmentName(inside.environment, 'documents', 255),
        subnetIds: dataSubnets(inside),
        tags: tagged(inside, 'documents-subnets'),
      },
      options(inside, 'documents-subnets'),
    );
    return Object.fromEntries(clusters.map((one) => [one.id, makeCluster(inside, one, subnets.name)]));
  });
}

function makeCluster(context: AwsContext, documents: Resource, dbSubnetGroupName: Output<string>): Values {
  const { layer, name, settings } = documents;
  const resource = `documents-${layer}_${name}`;
  const clusterIdentifier = resourceName(context.environment, layer, name);
  const engineVersion = text(settings, 'engine_version') ?? '5.0.0';
  const guarded = flag(settings, 'deletion_protection') || context.production;
  const masterPassword = secret(secretName(documents.id, 'password'));
  const cluster = new Cluster(
    resource,
    {
      clusterIdentifier,
      engine: 'docdb',
      engineVersion,
      masterUsername: user,
      masterPassword,
      dbSubnetGroupName,
      vpcSecurityGroupIds: [accessGroup(context, documents, port)],
      dbClusterParameterGroupName: tlsParameters(context, documents, engineVersion),
      storageEncrypted: true,
      kmsKeyId: from(context, 'network', 'keyData'),
      backupRetentionPeriod: 7,
      deletionProtection: guarded,
      skipFinalSnapshot: !guarded,
      finalSnapshotIdentifier: `${clusterIdentifier}-final`,
      applyImmediately: !context.production,
      tags: tagged(context, resource),
    },
    options(context, resource, { protect: guarded }),
  );
  for (let index = 0; index < number(settings, 'instance_count', 1); index += 1) {
    const instance = `${resource}-${index}`;
    new ClusterInstance(
      instance,
      {
        identifier: `${clusterIdentifier}-${index}`,
        clusterIdentifier: cluster.id,
        instanceClass: text(settings, 'instance_class') ?? 'db.r5.large',
        applyImmediately: !context.production,
        tags: tagged(context, instance),
      },
      options(context, instance),
    );
  }
  const secretArn = storeSecret(context, documents, {
    username: user,
    password: masterPassword,
    host: cluster.endpoint,
  });
  return { db_host: cluster.endpoint, db_port: String(port), db_user: user, secret_arn: secretArn };
}

function tlsParameters(context: AwsContext, { layer, name }: Resource, version: string): Output<string> {
  const resource = `documents-parameters-${layer}_${name}`;
  const family = `docdb${version.split('.').slice(0, 2).join('.')}`;
  const group = new ClusterParameterGroup(
    resource,
    {
      name: `${resourceName(context.environment, layer, name)}-${family.replaceAll('.', '-')}`,
      family,
      parameters: [{ name: 'tls', value: 'enabled' }],
      tags: tagged(context, resource),
    },
    options(context, resource),
  );
  return group.name;
}
