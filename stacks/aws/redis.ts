/** redis: ElastiCache for Valkey with a replica in another zone, encrypted at rest and on the way, with a token. */
import { ParameterGroup } from '@pulumi/aws/elasticache/parameterGroup.js';
import { ReplicationGroup } from '@pulumi/aws/elasticache/replicationGroup.js';
import { SubnetGroup } from '@pulumi/aws/elasticache/subnetGroup.js';
import type { Output } from '@pulumi/pulumi';
import type { Resource } from '../../src/app/app.ts';
import { environmentName, resourceName } from '../../src/app/names.ts';
import { secretName } from '../../src/app/stack-secrets.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made, Values } from '../made.ts';
import { secret } from '../secrets.ts';
import { number, text } from '../settings.ts';
import { cacheEngine } from '../sizing.ts';
import { accessGroup } from './access.ts';
import type { AwsContext } from './context.ts';
import { storeSecret } from './store.ts';
import { dataSubnets } from './subnets.ts';

const port = 6379;

export function makeCaches(context: AwsContext): Made {
  const caches = context.input.app.resources.filter(({ type }) => type === 'redis');
  if (caches.length === 0) return {};
  return part(context, 'data:Redis', 'redis', (inside) => {
    const subnets = new SubnetGroup(
      'cache-subnets',
      {
        name: environmentName(inside.environment, 'cache', 255),
        subnetIds: dataSubnets(inside),
        tags: tagged(inside, 'cache-subnets'),
      },
      options(inside, 'cache-subnets'),
    );
    return Object.fromEntries(caches.map((cache) => [cache.id, makeCache(inside, cache, subnets.name)]));
  });
}

function makeCache(context: AwsContext, cache: Resource, subnetGroupName: Output<string>): Values {
  const { layer, name, settings } = cache;
  const resource = `cache-${layer}_${name}`;
  const replicationGroupId = resourceName(context.environment, layer, name);
  const { engine, version, family } = cacheEngine(text(settings, 'redis_version'));
  const parameters = new ParameterGroup(
    `cache-parameters-${layer}_${name}`,
    {
      name: `${replicationGroupId}-${family.replaceAll('.', '-')}`,
      family,
      tags: tagged(context, `cache-parameters-${layer}_${name}`),
    },
    options(context, `cache-parameters-${layer}_${name}`),
  );
  const authToken = secret(secretName(cache.id, 'token'));
  const group = new ReplicationGroup(
    resource,
    {
      replicationGroupId,
      description: `${name} of ${layer}`,
      engine,
      engineVersion: version,
      nodeType: text(settings, 'node_type') ?? 'cache.m4.large',
      parameterGroupName: parameters.name,
      port,
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      subnetGroupName,
      securityGroupIds: [accessGroup(context, cache, port)],
      atRestEncryptionEnabled: true,
      kmsKeyId: from(context, 'network', 'keyData'),
      transitEncryptionEnabled: true,
      // Before Redis 7 there is no choice, and naming it is refused.
      ...(engine === 'valkey' && { transitEncryptionMode: 'required' }),
      authToken,
      authTokenUpdateStrategy: 'SET',
      snapshotRetentionLimit: number(settings, 'snapshot_retention_limit', 0),
      snapshotWindow: text(settings, 'snapshot_window') ?? '04:00-05:00',
      applyImmediately: !context.production,
      tags: tagged(context, resource),
    },
    options(context, resource, { protect: context.production }),
  );
  const secretArn = storeSecret(context, cache, { token: authToken, host: group.primaryEndpointAddress });
  return { cache_host: group.primaryEndpointAddress, cache_port: String(port), secret_arn: secretArn };
}
