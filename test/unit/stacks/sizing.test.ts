import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as names from '../../../src/app/names.ts';
import { architectureOf, nodeArchitecture, nodeGroupsOf } from '../../../src/app/nodes-of-cluster.ts';
import * as sizing from '../../../stacks/sizing.ts';
import { appOf, awsEnvironment, layer } from '../../support/definitions.ts';

describe('numbers that follow from the definition', () => {
  test('gateways: one a zone in production, one elsewhere', () => {
    expect(sizing.natCount(true, 3)).toBe(3);
    expect(sizing.natCount(false, 3)).toBe(1);
  });

  test('retention: the shortest that CloudWatch knows, never shorter than asked', () => {
    expect([0, 1, 2, 90, 91, 9999].map(sizing.retentionDays)).toEqual([0, 1, 3, 90, 120, 3653]);
  });

  test('versions in the words of each cloud', () => {
    expect(sizing.parameterFamily('postgres', '17.2')).toBe('postgres17');
    expect(sizing.parameterFamily('mysql', '8.4')).toBe('mysql8.4');
    expect(sizing.cloudSqlVersion('postgres', '17')).toBe('POSTGRES_17');
    expect(sizing.cloudSqlVersion('mysql', '8.4')).toBe('MYSQL_8_4');
    expect(['7', '6', undefined, 'REDIS_6_X'].map((one) => sizing.memorystoreVersion(one))).toEqual([
      'REDIS_7_2',
      'REDIS_6_X',
      'REDIS_7_2',
      'REDIS_6_X',
    ]);
    expect(sizing.cacheEngine(undefined)).toEqual({ engine: 'valkey', version: '8.0', family: 'valkey8' });
    expect(['8', '8.1', '7.0', '5', '5.0.4'].map((one) => sizing.cacheEngine(one).version)).toEqual([
      '8.0',
      '8.1',
      '7.2',
      '5.0.6',
      '5.0.4',
    ]);
    expect(sizing.cacheEngine('5').family).toBe('redis5.0');
    expect(sizing.cacheEngine('6.x')).toEqual({ engine: 'redis', version: '6.2', family: 'redis6.x' });
  });

  test.each([
    ['t3.medium', 'amd64'],
    ['m7g.large', 'arm64'],
    ['c6gn.xlarge', 'arm64'],
    ['im4gn.large', 'arm64'],
    ['g5.xlarge', 'amd64'],
    ['a1.large', 'arm64'],
    ['n2-highcpu-4', 'amd64'],
    ['t2a-standard-2', 'arm64'],
    ['c4a-standard-1', 'arm64'],
  ])('%s is %s', (type, architecture) => {
    expect(architectureOf(type)).toBe(architecture);
  });
});

/** Names of layers and modules as the language allows them. */
const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);

test('derived names of any layer and module keep within the limits of both clouds, and are stable', () => {
  const limits: readonly (readonly [number, RegExp, (env: string, layer: string, module: string) => string])[] = [
    [40, /^[a-z](-?[a-z0-9])*$/, names.resourceName],
    [30, /^[a-z][a-z0-9-]*[a-z0-9]$/, names.serviceAccountName],
    [64, /^[\w+=,.@-]+$/, names.roleName],
    [40, /^[a-z][a-z0-9-]*[a-z0-9]$/, (env) => names.clusterName(env)],
    [32, /^[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]$/, (env) => names.environmentName(env, 'edge', 32)],
    [63, /^[a-z][a-z0-9-]*[a-z0-9]$/, (env) => names.endpointGroupName(env)],
    [63, /^[a-z0-9][a-z0-9-]*[a-z0-9]$/, (env) => names.bucketName('acme', env, 'logs', '123456789012')],
  ];
  fc.assert(
    fc.property(name, name, name, (env, layer, module) => {
      for (const [limit, form, derive] of limits) {
        const derived = derive(env, layer, module);
        expect(derived.length).toBeLessThanOrEqual(limit);
        expect(derived).toMatch(form);
        expect(derive(env, layer, module)).toBe(derived);
      }
    }),
  );
});

describe('groups of nodes', () => {
  const groups = async (cluster: string, more = '') => {
    const files = {
      'opta.yaml': `${layer('  - {name: api, type: k8s-service, image: x}\n')}environments: [{name: staging, path: env.yaml}]\n`,
      'env.yaml': awsEnvironment('staging', more).replace('- type: k8s-cluster', `- {type: k8s-cluster${cluster}}`),
    };
    return appOf(files, { env: 'staging', target: 'aws' });
  };

  test('are named anew when a machine must be another one, and keep their name when only their number changes', async () => {
    const names = async (cluster: string) => nodeGroupsOf(await groups(cluster)).map(({ name }) => name);
    const [first] = await names('');
    expect(first).toMatch(/^main-[0-9a-f]{8}$/);
    expect(await names(', max_nodes: 7')).toEqual([first]);
    expect(await names(', node_disk_size: 40')).not.toEqual([first]);
    expect(await names(', spot_instances: true')).not.toEqual([first]);
  });

  test("decide by the cluster's own group for which machines images are built", async () => {
    const more = '  - {name: extra, type: aws-nodegroup, node_instance_type: m7g.large}\n';
    expect(nodeArchitecture(await groups('', more))).toBe('amd64');
    expect(nodeArchitecture(await groups(', node_instance_type: m7g.large'))).toBe('arm64');
  });
});
