/** redis: Memorystore with a replica, a token that Google makes, TLS, and our key. */
import { Instance } from '@pulumi/gcp/redis/instance.js';
import { unsecret } from '@pulumi/pulumi';
import type { Resource } from '../../src/app/app.ts';
import { resourceName } from '../../src/app/names.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made, Values } from '../made.ts';
import { number, text } from '../settings.ts';
import { memorystoreVersion } from '../sizing.ts';
import { addressesOf } from './addresses-of.ts';
import type { GcpContext } from './context.ts';
import { storeSecret } from './store.ts';

export function makeCaches(context: GcpContext): Made {
  const caches = context.input.app.resources.filter(({ type }) => type === 'redis');
  if (caches.length === 0) return {};
  const ranges = addressesOf(context.input).caches;
  return part(context, 'data:Redis', 'redis', (inside) =>
    Object.fromEntries(caches.map((cache, index) => [cache.id, makeCache(inside, cache, ranges[index] ?? '')])),
  );
}

function makeCache(context: GcpContext, cache: Resource, reservedIpRange: string): Values {
  const { layer, name, settings } = cache;
  const resource = `cache-${layer}_${name}`;
  const available = settings.high_availability !== false;
  const instance = new Instance(
    resource,
    {
      name: resourceName(context.environment, layer, name),
      region: context.region,
      tier: available ? 'STANDARD_HA' : 'BASIC',
      // The file may write half gigabytes, Google sells whole ones.
      memorySizeGb: Math.ceil(number(settings, 'memory_size_gb', 2)),
      redisVersion: memorystoreVersion(text(settings, 'redis_version')),
      authorizedNetwork: from(context, 'network', 'vpcId'),
      connectMode: 'DIRECT_PEERING',
      reservedIpRange,
      authEnabled: true,
      transitEncryptionMode: 'SERVER_AUTHENTICATION',
      customerManagedKey: from(context, 'network', 'keyData'),
      deletionProtection: context.production,
      labels: tagged(context, resource),
    },
    {
      ...options(context, resource, { protect: context.production }),
      additionalSecretOutputs: ['authString'],
    },
  );
  // Google makes the token, so it goes to where the platform reads secrets.
  const secretId = storeSecret(context, cache, { token: instance.authString, host: instance.host });
  return {
    cache_host: instance.host,
    cache_port: instance.port.apply(String),
    cache_ca: unsecret(instance.serverCaCerts).apply((certificates) => certificates.map(({ cert }) => cert).join('\n')),
    secret_id: secretId,
  };
}
