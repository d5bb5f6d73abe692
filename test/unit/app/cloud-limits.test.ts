/** What AWS and Google refuse of a definition that the language takes. */
import { describe, expect, test } from 'vitest';
import { refusedBy } from '../../../src/app/cloud-limits.ts';
import type { Cloud } from '../../../src/app/stacks.ts';
import { appOf } from '../../support/definitions.ts';
import { fullDefinition } from '../../support/full-definition.ts';

const providers = {
  aws: 'aws: {region: us-east-1, account_id: "123456789012"}',
  gcp: 'google: {region: us-central1, project: acme-shop}',
};

async function refused(cloud: Cloud, modules: string, environment = ''): Promise<readonly string[]> {
  const app = await appOf(
    {
      'opta.yaml': `name: shop\nenvironments: [{name: dev, path: dev.yaml}]\nmodules:\n${modules || '  - {type: redis}\n'}`,
      'dev.yaml': `name: dev\norg_name: acme\nproviders: {${providers[cloud]}}\nmodules:\n  - {type: base}\n${environment}`,
    },
    { env: 'dev', target: cloud },
  );
  return refusedBy(app, cloud).map(({ severity, code, message, place }) => {
    expect([severity, code, place?.line !== undefined]).toEqual(['error', 'invalid-value', true]);
    return message;
  });
}

const of = (name: string, more: string) => `  - {name: it, type: ${name}, ${more}}\n`;

describe('in a service layer', () => {
  test.each<readonly [Cloud, string, string, string]>([
    ['aws', 'postgres', 'database_name: main-db', '`database_name` of `it` must be letters, digits and underscores'],
    ['aws', 'postgres', 'database_name: db', 'which the cloud keeps for itself'],
    ['aws', 'mysql', 'db_name: 1st', 'beginning with a letter'],
    ['gcp', 'postgres', 'database_name: postgres', 'which the cloud keeps for itself'],
    ['aws', 'postgres', 'instance_class: db-f1-micro', 'an instance class such as db.t3.medium'],
    ['gcp', 'postgres', 'instance_tier: db-n1-standard-1', 'which PostgreSQL does not get'],
    ['gcp', 'postgres', 'instance_tier: db.t3.medium', 'a machine of Cloud SQL'],
    ['gcp', 'mysql', 'instance_tier: db-perf-optimized-N-2', 'ENTERPRISE_PLUS'],
    ['gcp', 'mysql', 'instance_tier: db-custom-3-7680', 'must be 1 or even'],
    ['gcp', 'mysql', 'instance_tier: db-custom-2-1024', 'a multiple of 256 from 3840 to 13312 MB'],
    ['aws', 'redis', 'node_type: t3.small', 'a node type such as cache.t4g.small'],
    ['aws', 'redis', 'snapshot_window: "4:00-5:00"', 'two times of day'],
    ['aws', 'redis', 'redis_version: REDIS_7_2', 'a version such as 8.0'],
    ['gcp', 'redis', 'redis_version: 8', '7.2 or older'],
    ['aws', 'bucket', 'bucket_name: a_b_c', 'S3 takes no underscores'],
    ['aws', 'bucket', 'bucket_name: 10.1.2.3', 'takes for an address'],
    ['gcp', 'bucket', 'bucket_name: goog-files', 'names like its own'],
    ['gcp', 'bucket', 'bucket_name: files.example.com', 'a domain that Google knows to be yours'],
    ['aws', 'aws-dynamodb', 'hash_key: id, attributes: [{name: key, type: S}]', 'must have `id`'],
    [
      'aws',
      'aws-dynamodb',
      'hash_key: id, attributes: [{name: id, type: S}, {name: age, type: N}]',
      'has `age`, which no key uses',
    ],
    ['aws', 'mongodb-atlas', 'region: us-east-1, mongodb_atlas_project_id: 5f0000000000000000000000', 'words of Atlas'],
    ['gcp', 'mongodb-atlas', 'region: WESTERN_EUROPE, mongodb_atlas_project_id: mine', 'the 24 digits'],
  ])('%s: %s with %s', async (cloud, type, more, said) => {
    expect(await refused(cloud, of(type, more))).toEqual([expect.stringContaining(said)]);
  });

  test('a queue in order is fed by a topic in order', async () => {
    const modules = (fifo: boolean) =>
      `  - {name: work, type: queue, fifo: true}\n  - {name: news, type: topic, fifo: ${fifo}, sqs_subscribers: ["\${{module.work.queue_arn}}"]}\n`;
    expect(await refused('aws', modules(false))).toEqual([expect.stringContaining('leads to `work`')]);
    expect(await refused('aws', modules(true))).toEqual([]);
  });
});

describe('in an environment', () => {
  test.each<readonly [Cloud, string, string]>([
    ['aws', '{type: dns, domain: "https://example.com"}', 'a domain such as'],
    ['gcp', '{type: dns, domain: localhost}', 'a domain such as'],
    ['aws', `{type: dns, domain: ${'a'.repeat(60)}.example.com}`, 'a certificate of ACM takes 64'],
    ['aws', '{type: k8s-cluster, node_instance_type: n2-standard-4}', 'an instance type of EC2'],
    [
      'aws',
      '{type: k8s-cluster, node_instance_type: m7g.large, ami_type: AL2023_x86_64_STANDARD}',
      'cannot run images',
    ],
    ['aws', '{type: k8s-cluster, node_disk_size: 10}', 'needs 20 GB'],
    ['gcp', '{type: k8s-cluster, node_instance_type: m6i.large}', 'a machine type of Google'],
    ['gcp', '{type: gcp-nodepool, node_instance_type: c4-standard-4}', 'no disk but Hyperdisk'],
  ])('%s: %s', async (cloud, module, said) => {
    expect(await refused(cloud, '', `  - ${module}\n`)).toEqual([expect.stringContaining(said)]);
  });
});

test('what both clouds take is let through', async () => {
  for (const cloud of ['aws', 'gcp'] as const) {
    for (const name of ['staging', 'production'] as const) {
      expect(refusedBy(await fullDefinition(cloud, name), cloud)).toEqual([]);
    }
  }
  expect(await refused('gcp', of('postgres', 'instance_tier: db-custom-2-7680'))).toEqual([]);
  expect(await refused('aws', of('postgres', 'database_name: main_db, instance_class: db.m6g.large'))).toEqual([]);
  expect(
    await refused('aws', '', '  - {type: k8s-cluster, ami_type: BOTTLEROCKET_x86_64, node_disk_size: 10}\n'),
  ).toEqual([]);
});
