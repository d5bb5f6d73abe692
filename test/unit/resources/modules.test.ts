import { describe, expect, test } from 'vitest';
import {
  concreteName,
  findModuleType,
  moduleTypeNames,
  moduleTypes,
  resourceTypes,
} from '../../../src/resources/index.ts';
import { resourceNames } from '../../../src/resources/names.ts';
import { appOf, awsEnvironment, layer, readFiles } from '../../support/definitions.ts';

describe('the table of module types', () => {
  test('each name leads to one type', () => {
    const names = moduleTypeNames();
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(findModuleType(name)).toBeDefined();
  });

  test('each resource is there, and gives the outputs that its links promise', () => {
    for (const name of resourceNames) {
      const type = resourceTypes[name];
      expect(type.resource).toBe(name);
      for (const output of [...(type.link?.variables ?? []), ...(type.link?.localVariables ?? [])])
        expect(Object.keys(type.outputs), name).toContain(output);
      for (const access of type.link?.defaultAccess ?? []) expect(type.link?.access).toContain(access);
    }
  });

  test('every field and type says what it is', () => {
    for (const type of moduleTypes) {
      expect(type.doc.length, type.name).toBeGreaterThan(5);
      for (const [name, field] of Object.entries(type.fields))
        expect(field.doc.length, `${type.name}.${name}`).toBeGreaterThan(3);
    }
  });

  test('aliases resolve by provider', () => {
    const k8s = findModuleType('k8s-cluster');
    expect(
      k8s && [
        concreteName(k8s, 'k8s-cluster', 'aws'),
        concreteName(k8s, 'k8s-cluster', 'google'),
        concreteName(k8s, 'k8s-cluster', undefined),
        concreteName(k8s, 'aws-eks', 'google'),
      ],
    ).toEqual(['aws-eks', 'gcp-gke', 'k8s-cluster', 'aws-eks']);
  });
});

const minimal: Readonly<Record<string, string>> = {
  'k8s-service': 'image: x',
  bucket: 'bucket_name: acme-files',
  'aws-dynamodb': 'hash_key: id, attributes: [{name: id, type: S}]',
  'mongodb-atlas': 'region: US_EAST_1, mongodb_atlas_project_id: abc',
  dns: 'domain: acme.example',
  'external-ssl-cert': 'domain: a.example, private_key_file: k, certificate_body_file: b, certificate_chain_file: c',
  'aws-iam-policy': 'file: p.json',
  'lambda-function': 'filename: f.zip, runtime: nodejs22.x',
  'custom-terraform': 'source: ./tf',
  'external-state': 'backend_type: s3, config: {bucket: b}',
  'helm-chart': 'chart: ./chart',
  'k8s-manifest': 'file_path: m.yaml',
};

describe('every type loads on every target', () => {
  const text = layer(
    moduleTypes
      .map(
        (type, i) =>
          `  - {type: ${type.name}, name: m${i}${minimal[type.name] === undefined ? '' : `, ${minimal[type.name]}`}}`,
      )
      .join('\n'),
  );

  test.each(['process', 'kind', 'aws', 'gcp'] as const)('%s', async (target) => {
    const app = await appOf(text, { target });
    expect(app.services.length + app.resources.length + app.modules.length).toBe(moduleTypes.length);
    expect(app.resources.map((r) => r.type).sort()).toEqual([...resourceNames].sort());
  });
});

describe('rules over several fields', () => {
  test.each([
    [
      'a chart of a repository without version',
      '{type: helm-chart, chart: a, repository: https://x}',
      'conflicting-fields',
      'repository',
    ],
    [
      'two kinds of values files',
      '{type: helm-chart, chart: a, values_file: a, values_files: [b]}',
      'conflicting-fields',
      'values_files',
    ],
    ['terraform without source', '{type: custom-terraform}', 'missing-field', 'custom-terraform'],
    ['more nodes at least than at most', '{type: k8s-cluster, min_nodes: 5, max_nodes: 2}', 'invalid-value', '5'],
    ['half a network of your own', '{type: base, vpc_id: vpc-12345678}', 'conflicting-fields', 'vpc_id'],
    ['TLS on a port that is not open', '{type: k8s-base, nginx_extra_tcp_ports_tls: [1]}', 'conflicting-fields', '[1]'],
    ['machines that are too small', '{type: k8s-cluster, node_instance_type: t3.micro}', 'invalid-value', 't3.micro'],
    [
      'an address range that is none',
      '{type: base, total_ipv4_cidr_block: 10.0.0.0/99}',
      'invalid-value',
      '10.0.0.0/99',
    ],
    ['instances out of range', '{type: aws-documentdb, instance_count: 17}', 'invalid-value', '17'],
    ['a table without keys', '{type: aws-dynamodb, hash_key: a, attributes: []}', 'invalid-value', '[]'],
    ['a bucket without name', '{type: aws-s3}', 'missing-field', '{type'],
    ['a name that no bucket has', '{type: bucket, bucket_name: My_Bucket}', 'invalid-value', 'My_Bucket'],
  ])('%s is an error where it stands', async (_, module, code, text) => {
    const { diagnostics } = await readFiles(layer(`  - ${module}`));
    const errors = diagnostics.filter((d) => d.severity === 'error');
    const { source = '', column = 1, length } = errors[0]?.place ?? {};
    expect(errors.map((d) => d.code)).toEqual([code]);
    expect(source.slice(column - 1, column - 1 + (length ?? 0))).toBe(text);
  });

  test('one bound of the nodes moves the other', async () => {
    const app = await appOf(layer('  - {type: k8s-cluster, max_nodes: 1}\n  - {type: aws-nodegroup, min_nodes: 20}'), {
      target: 'aws',
    });
    expect(app.modules.map((m) => [m.settings.min_nodes, m.settings.max_nodes])).toEqual([
      [1, 1],
      [20, 20],
    ]);
  });

  test('a version of Kubernetes that is no longer offered becomes the oldest supported one, with a notice', async () => {
    const { app, notices } = await readFiles(layer('  - {type: k8s-cluster, k8s_version: "1.21"}'), { target: 'aws' });
    expect(app?.modules[0]?.settings.k8s_version).toBe('1.34');
    expect(notices).toEqual([
      'old-version: Kubernetes 1.21 is no longer offered; 1.34, the oldest supported one, is taken.',
    ]);
  });

  test('a role links to what it may use', async () => {
    const app = await appOf(
      layer(
        '  - {type: aws-iam-role, name: role, links: [{files: [read]}, events]}\n  - {type: bucket, name: files, bucket_name: acme}\n  - {type: queue, name: events}',
      ),
    );
    expect(app.modules[0]?.settings.links).toEqual([
      { to: 'shop/files', access: ['read'] },
      { to: 'shop/events', access: ['publish', 'subscribe'] },
    ]);
  });

  test('outputs in settings wait, and a list may be one output', async () => {
    const app = await appOf(
      `${awsEnvironment()}  - {type: aws-vpn, public_subnets_ids: "\${{module.base.public_subnets_ids}}", vpc_id: "\${{module.base.vpc_id}}"}\n`,
      { target: 'aws' },
    );
    const settings = app.modules.find((m) => m.type === 'aws-vpn')?.settings;
    expect(settings?.vpc_id).toEqual({ late: [{ resource: 'staging/base', output: 'vpc_id' }] });
    expect(settings?.public_subnets_ids).toEqual({
      late: [{ resource: 'staging/base', output: 'public_subnets_ids' }],
    });
  });
});
