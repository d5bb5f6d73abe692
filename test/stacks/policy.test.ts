/** Our policy over what the programs really register: nothing to complain of, and each seeded break is found. */
import { beforeAll, describe, expect, test } from 'vitest';
import { stackNames } from '../../src/app/stacks.ts';
import { checkPolicy } from '../../src/targets/cloud/policy/index.ts';
import type { Checked } from '../../src/targets/cloud/policy/rule.ts';
import { checkVolumes } from '../../src/targets/cloud/policy/volumes.ts';
import { fullDefinition } from '../support/full-definition.ts';
import { runStacks } from '../support/stack-apps.ts';
import { plain } from '../support/stack-monitor.ts';

const clouds = ['aws', 'gcp'] as const;
type Cloud = (typeof clouds)[number];

const known = new Map<string, readonly Checked[]>();

async function registered(cloud: Cloud, kind: 'staging' | 'production'): Promise<readonly Checked[]> {
  const runs = await runStacks(cloud, await fullDefinition(cloud, kind));
  return stackNames.flatMap((stack) =>
    runs[stack].resources.map((one) => ({ ...one, stack, inputs: plain(one.inputs) as Checked['inputs'] })),
  );
}

beforeAll(async () => {
  for (const cloud of clouds)
    for (const kind of ['staging', 'production'] as const) known.set(`${cloud} ${kind}`, await registered(cloud, kind));
}, 240_000);

const of = (cloud: Cloud, kind: string): readonly Checked[] => known.get(`${cloud} ${kind}`) ?? [];

describe.each(clouds)('%s', (cloud) => {
  test.each(['staging', 'production'])('%s keeps every rule', (kind) => {
    const found = checkPolicy(of(cloud, kind), { cloud, production: kind === 'production' });
    expect(found).toEqual([]);
    expect(of(cloud, kind).length).toBeGreaterThan(100);
  });
});

/** A break: which resource, what becomes of it, which rule must say so. */
interface Break {
  readonly title: string;
  readonly cloud: Cloud;
  readonly rule: string;
  readonly resource: string;
  /** Sets paths of its inputs; undefined takes them away. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Changes the text of its policy. */
  readonly policy?: (text: string) => string;
  readonly more?: Partial<Checked>;
  readonly gone?: true;
}

const withStatement = (statement: unknown) => (text: string) => {
  const document = JSON.parse(text);
  return JSON.stringify({ ...document, Statement: [...document.Statement, statement] });
};

const without = (pattern: RegExp) => (text: string) => {
  const document = JSON.parse(text);
  return JSON.stringify({
    ...document,
    Statement: document.Statement.filter((one: unknown) => !pattern.test(JSON.stringify(one))),
  });
};

const breaks: readonly Break[] = [
  {
    title: 'a database without our key',
    cloud: 'aws',
    rule: 'encrypted-at-rest',
    resource: 'sql-shop_db',
    set: { kmsKeyId: undefined },
  },
  {
    title: 'a queue without our key',
    cloud: 'aws',
    rule: 'encrypted-at-rest',
    resource: 'queue-shop_work',
    set: { kmsMasterKeyId: undefined },
  },
  {
    title: 'node disks without our key',
    cloud: 'aws',
    rule: 'encrypted-at-rest',
    resource: /^nodes-template-main/.source,
    set: { 'blockDeviceMappings.0.ebs.encrypted': 'false' },
  },
  {
    title: 'a key that is never rotated',
    cloud: 'aws',
    rule: 'encrypted-at-rest',
    resource: 'key-data',
    set: { enableKeyRotation: false },
  },
  {
    title: 'a bucket encrypted by S3',
    cloud: 'aws',
    rule: 'encrypted-at-rest',
    resource: 'bucket-shop_files-encryption',
    set: { 'rules.0.applyServerSideEncryptionByDefault.sseAlgorithm': 'AES256' },
  },
  {
    title: 'a Cloud SQL instance without our key',
    cloud: 'gcp',
    rule: 'encrypted-at-rest',
    resource: 'sql-shop_db',
    set: { encryptionKeyName: undefined },
  },
  ...clouds.map((cloud) => ({
    title: `a cluster at Atlas without our key, on ${cloud}`,
    cloud,
    rule: 'encrypted-at-rest',
    resource: 'atlas-shop_ledger',
    set: { encryptionAtRestProvider: undefined },
  })),
  {
    title: 'TLS not forced by PostgreSQL',
    cloud: 'aws',
    rule: 'tls-enforced',
    resource: 'sql-parameters-shop_db',
    set: { 'parameters.0.value': '0' },
  },
  {
    title: 'a cache that lets in plain text',
    cloud: 'aws',
    rule: 'tls-enforced',
    resource: 'cache-shop_cache',
    set: { transitEncryptionMode: 'preferred' },
  },
  {
    title: 'a bucket that takes plain requests',
    cloud: 'aws',
    rule: 'tls-enforced',
    resource: 'bucket-shop_files-policy',
    policy: without(/SecureTransport/),
  },
  {
    title: 'the TLS policy of 2016',
    cloud: 'aws',
    rule: 'tls-enforced',
    resource: 'listener-443',
    set: { sslPolicy: 'ELBSecurityPolicy-2016-08' },
  },
  {
    title: 'Cloud SQL that lets in plain text',
    cloud: 'gcp',
    rule: 'tls-enforced',
    resource: 'sql-shop_mydb',
    set: { 'settings.ipConfiguration.sslMode': 'ALLOW_UNENCRYPTED_AND_ENCRYPTED' },
  },
  {
    title: 'a public database',
    cloud: 'aws',
    rule: 'no-public-store',
    resource: 'sql-shop_db',
    set: { publiclyAccessible: true },
  },
  {
    title: 'a bucket that can be opened',
    cloud: 'aws',
    rule: 'no-public-store',
    resource: 'bucket-shop_files-public-access',
    set: { blockPublicPolicy: false },
  },
  {
    title: 'a Cloud SQL instance with a public address',
    cloud: 'gcp',
    rule: 'no-public-store',
    resource: 'sql-shop_db',
    set: { 'settings.ipConfiguration.ipv4Enabled': true },
  },
  {
    title: 'a bucket for all users',
    cloud: 'gcp',
    rule: 'no-public-store',
    resource: 'bucket-shop_files',
    set: { publicAccessPrevention: 'inherited' },
  },
  {
    title: 'a database open to the internet',
    cloud: 'aws',
    rule: 'closed-to-internet',
    resource: 'group-shop_db-from-nodes',
    set: { cidrIpv4: '0.0.0.0/0' },
  },
  {
    title: 'an API open to the internet',
    cloud: 'aws',
    rule: 'closed-to-internet',
    resource: 'cluster',
    set: { 'vpcConfig.publicAccessCidrs': ['0.0.0.0/0'] },
  },
  {
    title: 'a firewall rule for all',
    cloud: 'gcp',
    rule: 'closed-to-internet',
    resource: 'rule-allow-inside',
    set: { sourceRanges: ['0.0.0.0/0'] },
  },
  {
    title: 'a service that may do everything with buckets',
    cloud: 'aws',
    rule: 'least-privilege',
    resource: 'role-shop_api-policy',
    policy: withStatement({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::x' }),
  },
  {
    title: 'a service that may write every bucket',
    cloud: 'aws',
    rule: 'least-privilege',
    resource: 'role-shop_api-policy',
    policy: withStatement({ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }),
  },
  {
    title: 'a role that anybody may take',
    cloud: 'aws',
    rule: 'least-privilege',
    resource: 'role-shop_api',
    set: { assumeRolePolicy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}' },
  },
  {
    title: 'nodes that administer the account',
    cloud: 'aws',
    rule: 'least-privilege',
    resource: 'role-nodes-AmazonEKSWorkerNodePolicy',
    set: { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  },
  {
    title: 'nodes that edit the project',
    cloud: 'gcp',
    rule: 'least-privilege',
    resource: 'node-account-role',
    set: { role: 'roles/editor' },
  },
  {
    title: 'a key that does not let nodes start',
    cloud: 'aws',
    rule: 'key-grants',
    resource: 'key-volumes',
    policy: without(/AutoScaling/),
  },
  {
    title: 'a driver of volumes that may not use their key',
    cloud: 'aws',
    rule: 'key-grants',
    resource: 'role-aws-ebs-csi-driver-policy',
    policy: without(/GenerateDataKeyWithoutPlaintext/),
  },
  {
    title: 'a key that does not let logs be written',
    cloud: 'aws',
    rule: 'key-grants',
    resource: 'key-logs',
    policy: without(/logs\./),
  },
  {
    title: 'a key that does not let Cloud SQL in',
    cloud: 'gcp',
    rule: 'key-grants',
    resource: 'key-data-for-sqladmin',
    gone: true,
  },
  {
    title: 'a database that can be deleted',
    cloud: 'aws',
    rule: 'deletion-protection',
    resource: 'sql-shop_db',
    set: { deletionProtection: false },
  },
  {
    title: 'a table that is not protected in state',
    cloud: 'aws',
    rule: 'deletion-protection',
    resource: 'table-shop_table',
    more: { protect: false },
  },
  {
    title: 'a NAT address that goes with the environment',
    cloud: 'aws',
    rule: 'deletion-protection',
    resource: 'nat-address-0',
    more: { retainOnDelete: false },
  },
  {
    title: 'a GKE cluster that can be deleted',
    cloud: 'gcp',
    rule: 'deletion-protection',
    resource: 'cluster',
    set: { deletionProtection: false },
  },
  {
    title: 'a database without backups',
    cloud: 'aws',
    rule: 'backups',
    resource: 'sql-shop_db',
    set: { backupRetentionPeriod: 0 },
  },
  {
    title: 'a table without point-in-time recovery',
    cloud: 'aws',
    rule: 'backups',
    resource: 'table-shop_table',
    set: { 'pointInTimeRecovery.enabled': false },
  },
  {
    title: 'a VPC that does not say what it is',
    cloud: 'aws',
    rule: 'tagged',
    resource: 'vpc',
    set: { tags: { Name: 'x' } },
  },
  {
    title: 'a default security group that lets through',
    cloud: 'aws',
    rule: 'no-defaults',
    resource: 'default-group',
    set: { egress: [{ protocol: '-1' }] },
  },
  {
    title: 'a cluster that lets in whoever made it',
    cloud: 'aws',
    rule: 'no-defaults',
    resource: 'cluster',
    set: { 'accessConfig.bootstrapClusterCreatorAdminPermissions': true },
  },
  {
    title: 'pods that take the role of their node',
    cloud: 'aws',
    rule: 'no-defaults',
    resource: /^nodes-template-main/.source,
    set: { 'metadataOptions.httpPutResponseHopLimit': 2 },
  },
  {
    title: 'nodes with the default account',
    cloud: 'gcp',
    rule: 'no-defaults',
    resource: /^nodes-main/.source,
    set: { 'nodeConfig.serviceAccount': '123-compute@developer.gserviceaccount.com' },
  },
];

/** The inputs with the value at a path put in or taken away. */
function changed(value: unknown, keys: readonly string[], to: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === key ? changed(one, rest, to) : one));
  const object = (value ?? {}) as Record<string, unknown>;
  return { ...object, [key]: changed(object[key], rest, to) };
}

test.each(breaks)('$title is found by $rule', (broken) => {
  const all = of(broken.cloud, 'production');
  const form = new RegExp(broken.resource.startsWith('^') ? broken.resource : `^${broken.resource}$`);
  const wanted = all.filter(({ type, name }) => !type.startsWith('opta:') && form.test(name));
  expect(wanted).toHaveLength(1);
  const after = all.flatMap((one) => {
    if (one !== wanted[0]) return [one];
    if (broken.gone === true) return [];
    let inputs: unknown = one.inputs;
    for (const [path, to] of Object.entries(broken.set ?? {})) inputs = changed(inputs, path.split('.'), to);
    if (broken.policy !== undefined) inputs = changed(inputs, ['policy'], broken.policy(String(one.inputs.policy)));
    return [{ ...one, ...broken.more, inputs: inputs as Checked['inputs'] }];
  });
  const found = checkPolicy(after, { cloud: broken.cloud, production: true });
  expect(found.map(({ rule }) => rule)).toContain(broken.rule);
});

test('volumes of a class without a key of ours are found', () => {
  const claim = (storageClassName?: string) => ({
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { namespace: 'shop', name: 'kept' } },
    spec: { volumeClaimTemplates: [{ spec: { ...(storageClassName && { storageClassName }) } }] },
  });
  const storage = (name: string, parameters: Readonly<Record<string, string>>) => ({
    ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, parameters },
  });
  const classes = [
    storage('ours', { kmsKeyId: 'key-1' }),
    storage('google', { 'disk-encryption-kms-key': 'key-1' }),
    storage('gp2', { encrypted: 'true' }),
  ];
  const found = (name?: string) => checkVolumes([...classes, claim(name)]).map((one) => `${one.type} ${one.name}`);
  expect([found('ours'), found('google')]).toEqual([[], []]);
  for (const name of ['gp2', 'another', undefined]) expect(found(name)).toEqual(['StatefulSet shop/kept']);
});
