/** Rule: our keys let in whom they must, else nodes do not start and logs stay empty. */
import { at, type Checked, type Facts, type Rule, type Violation, violation } from './rule.ts';
import { admits, listOf, statementsOf } from './statements.ts';

export const keyGrants: Rule = {
  name: 'key-grants',
  check: (resources, facts) => (facts.cloud === 'aws' ? onAws(resources, facts) : onGoogle(resources)),
};

/** Services that call a key for whoever of the account may use them, by a type that needs them. */
const throughData: Readonly<Record<string, string>> = {
  'aws:rds/instance:Instance': 'rds',
  'aws:docdb/cluster:Cluster': 'rds',
  'aws:elasticache/replicationGroup:ReplicationGroup': 'elasticache',
  'aws:s3/bucket:Bucket': 's3',
  'aws:sqs/queue:Queue': 'sqs',
  'aws:sns/topic:Topic': 'sns',
  'aws:dynamodb/table:Table': 'dynamodb',
  'aws:secretsmanager/secret:Secret': 'secretsmanager',
  'aws:ecr/repository:Repository': 'ecr',
};

function onAws(resources: readonly Checked[], _: Facts): Violation[] {
  const key = (name: string) => resources.find((one) => one.type === 'aws:kms/key:Key' && one.name === name);
  const found: Violation[] = [];
  const ask = (name: string, message: string, holds: (policy: unknown) => boolean): void => {
    const resource = key(name);
    if (resource !== undefined && !holds(at(resource, 'policy')))
      found.push(violation('key-grants', resource, message));
  };
  const scaling = /AWSServiceRoleForAutoScaling$/;
  const disks = ['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey', 'kms:CreateGrant'];
  ask('key-volumes', 'does not let nodes be started (Client.InvalidKMSKey.InvalidState)', (policy) =>
    admits(policy, scaling, disks),
  );
  ask('key-logs', 'does not let CloudWatch write logs', (policy) =>
    admits(policy, /^logs\..+\.amazonaws\.com/, ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey']),
  );
  const driver = resources.find(
    ({ type, name }) => type === 'aws:eks/addon:Addon' && name === 'addon-aws-ebs-csi-driver',
  );
  if (driver !== undefined && !usesVolumeKey(resources))
    found.push(violation('key-grants', driver, 'cannot make encrypted volumes: its role may not use the key'));
  const wanted = new Set(resources.flatMap(({ type }) => throughData[type] ?? []));
  for (const service of wanted) {
    ask('key-data', `does not let ${service} use it`, (policy) => servesThrough(policy, service));
  }
  return found;
}

/** What Amazon EBS asks of whoever makes an encrypted volume. */
const volumeActions = ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext'];

function usesVolumeKey(resources: readonly Checked[]): boolean {
  const policy = resources.find(({ name }) => name === 'role-aws-ebs-csi-driver-policy');
  const statements = policy === undefined ? [] : statementsOf(at(policy, 'policy'));
  const allowed = new Set(statements.flatMap(({ Action }) => listOf(Action)));
  return policy !== undefined && (statements.length === 0 || volumeActions.every((action) => allowed.has(action)));
}

function servesThrough(policy: unknown, service: string): boolean {
  const statements = statementsOf(policy);
  if (statements.length === 0) return true;
  return statements.some(({ Action: action, Condition: condition }) => {
    const via = listOf(condition?.StringEquals?.['kms:ViaService'] as string | readonly string[] | undefined);
    return via.some((name) => name.startsWith(`${service}.`)) && listOf(action).includes('kms:CreateGrant');
  });
}

/** Agents of Google's services that a key must admit, by a type that needs them. */
const agents: readonly { readonly type: string; readonly key: string; readonly service: string }[] = [
  { type: 'gcp:container/cluster:Cluster', key: 'cluster', service: 'container' },
  { type: 'gcp:container/nodePool:NodePool', key: 'volumes', service: 'compute' },
  { type: 'gcp:artifactregistry/repository:Repository', key: 'data', service: 'artifactregistry' },
  { type: 'gcp:sql/databaseInstance:DatabaseInstance', key: 'data', service: 'sqladmin' },
  { type: 'gcp:redis/instance:Instance', key: 'data', service: 'redis' },
  { type: 'gcp:storage/bucket:Bucket', key: 'data', service: 'storage' },
  { type: 'gcp:pubsub/topic:Topic', key: 'data', service: 'pubsub' },
  { type: 'gcp:secretmanager/secret:Secret', key: 'data', service: 'secretmanager' },
];

function onGoogle(resources: readonly Checked[]): Violation[] {
  const grants = new Set(
    resources
      .filter(({ type, inputs }) => /cryptoKeyIAMMember/.test(type) && /EncrypterDecrypter$/.test(String(inputs.role)))
      .map(({ name }) => name),
  );
  // Without the network stack nothing can be said of keys.
  if (!resources.some(({ type }) => type === 'gcp:kms/cryptoKey:CryptoKey')) return [];
  return agents.flatMap(({ type, key, service }) => {
    const user = resources.find((resource) => resource.type === type);
    if (user === undefined || grants.has(`key-${key}-for-${service}`)) return [];
    return [violation('key-grants', user, `cannot use its key: the agent of ${service} is not let in`)];
  });
}
