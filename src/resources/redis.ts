/** redis: a cache that speaks the Redis protocol. */
import { aws, bool, count, field, gcp, nowhere, text, word } from './field.ts';
import { moduleType } from './module-type.ts';

export const redis = moduleType({
  name: 'redis',
  concrete: { aws: 'aws-redis', google: 'gcp-redis', azurerm: 'azure-redis', local: 'local-redis' },
  kind: 'resource',
  resource: 'redis',
  doc: 'A cache that speaks the Redis protocol, with a token.',
  fields: {
    redis_version: word('Version, in the words of the cloud.'),
    node_type: text('Size of the ElastiCache nodes.', { default: 'cache.m4.large', on: aws }),
    snapshot_retention_limit: count('Days that snapshots are kept; 0 is none.', { default: 0, on: aws }),
    snapshot_window: text('Time of day for snapshots, UTC, such as 04:00-05:00.', { default: '04:00-05:00', on: aws }),
    memory_size_gb: field({ kind: 'number', min: 1, max: 300 }, 'Size in GB.', { default: 2, on: gcp }),
    high_availability: bool('A replica in another zone.', { default: true, on: gcp }),
    sku_name: text('Size on Azure.', { on: nowhere }),
    family: text('Family on Azure.', { on: nowhere }),
    capacity: count('Capacity on Azure.', { on: nowhere }),
  },
  outputs: {
    cache_host: 'Host name to connect to.',
    cache_auth_token: 'Token (password) to connect with.',
    cache_port: 'Port to connect to.',
    cache_url: 'Everything above as one URL.',
  },
  link: { variables: ['cache_host', 'cache_auth_token', 'cache_port', 'cache_url'], access: [], defaultAccess: [] },
  on: {
    process: 'the valkey-server or redis-server found on PATH, else a pinned Valkey that is fetched',
    kind: 'a Valkey pod',
    aws: 'ElastiCache for Valkey, encrypted, with a replica',
    gcp: 'Memorystore, with a replica',
  },
});
