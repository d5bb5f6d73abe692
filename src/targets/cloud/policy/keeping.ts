/** Rules: in production nothing that people stored can be lost by a slip, and there are backups. */
import {
  at,
  type Complaint,
  either,
  inProduction,
  isUnknown,
  mustBe,
  needs,
  type Rule,
  ruleOf,
  violation,
} from './rule.ts';

const deletable = 'can be deleted by a slip';
const guarded = (wanted: Readonly<Record<string, unknown>>) => inProduction(mustBe(deletable, wanted));

const protectedInState: Complaint = ({ protect }) => (protect ? undefined : 'is not protected in state');

/** Others have written down what these are called, in every kind of environment. */
const kept: Complaint = ({ protect, retainOnDelete }) =>
  protect && retainOnDelete ? undefined : 'does not outlive the environment, though others know it';

const stateful = inProduction(protectedInState);

export const deletionProtection = ruleOf('deletion-protection', {
  'aws:rds/instance:Instance': either(guarded({ deletionProtection: true, skipFinalSnapshot: false }), stateful),
  'aws:docdb/cluster:Cluster': either(guarded({ deletionProtection: true, skipFinalSnapshot: false }), stateful),
  'aws:elasticache/replicationGroup:ReplicationGroup': stateful,
  'aws:dynamodb/table:Table': either(guarded({ deletionProtectionEnabled: true }), stateful),
  'aws:s3/bucket:Bucket': either(guarded({ forceDestroy: false }), stateful),
  'aws:sqs/queue:Queue': (queue, facts, all) =>
    queue.name.endsWith('-dead') ? undefined : stateful(queue, facts, all),
  'aws:eks/cluster:Cluster': either(guarded({ deletionProtection: true }), stateful),
  'aws:lb/loadBalancer:LoadBalancer': either(guarded({ enableDeletionProtection: true }), stateful),
  'aws:ec2/eip:Eip': kept,
  'aws:route53/zone:Zone': kept,
  'gcp:sql/databaseInstance:DatabaseInstance': either(
    guarded({ deletionProtection: true, 'settings.deletionProtectionEnabled': true }),
    stateful,
  ),
  'gcp:redis/instance:Instance': either(guarded({ deletionProtection: true }), stateful),
  'gcp:storage/bucket:Bucket': either(guarded({ forceDestroy: false }), stateful),
  'gcp:container/cluster:Cluster': either(guarded({ deletionProtection: true }), stateful),
  'gcp:dns/managedZone:ManagedZone': (zone, facts, all) =>
    at(zone, 'visibility') === 'private' ? undefined : kept(zone, facts, all),
  'gcp:kms/cryptoKey:CryptoKey': kept,
  'gcp:kms/keyRing:KeyRing': kept,
  'mongodbatlas:index/advancedCluster:AdvancedCluster': either(
    guarded({ terminationProtectionEnabled: true }),
    stateful,
  ),
});

const days: Complaint = (database) => {
  const value = at(database, 'backupRetentionPeriod');
  return isUnknown(value) || Number(value) > 0 ? undefined : 'has no backups';
};

export const backups = ruleOf('backups', {
  'aws:rds/instance:Instance': inProduction(days),
  'aws:docdb/cluster:Cluster': inProduction(days),
  'aws:dynamodb/table:Table': needs('has no point-in-time recovery', 'pointInTimeRecovery.enabled'),
  'aws:s3/bucket:Bucket': (bucket, _, all) => {
    const versions = all.find(({ name }) => name === `${bucket.name}-versions`);
    const on = versions !== undefined && at(versions, 'versioningConfiguration.status') === 'Enabled';
    return on ? undefined : 'keeps no versions';
  },
  'gcp:sql/databaseInstance:DatabaseInstance': inProduction(
    needs('has no backups', 'settings.backupConfiguration.enabled'),
  ),
  'gcp:storage/bucket:Bucket': needs('keeps no versions', 'versioning.enabled'),
});

/** Types of AWS and of Google that take tags or labels, and that a killed run may leave behind unnamed. */
const marked: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'ec2/vpc:Vpc',
      'ec2/subnet:Subnet',
      'ec2/internetGateway:InternetGateway',
      'ec2/routeTable:RouteTable',
      'ec2/eip:Eip',
      'ec2/natGateway:NatGateway',
      'ec2/securityGroup:SecurityGroup',
      'ec2/vpcEndpoint:VpcEndpoint',
      'ec2/flowLog:FlowLog',
      'ec2/launchTemplate:LaunchTemplate',
      'kms/key:Key',
      'iam/role:Role',
      'iam/policy:Policy',
      'eks/cluster:Cluster',
      'eks/nodeGroup:NodeGroup',
      'eks/addon:Addon',
      'rds/instance:Instance',
      'docdb/cluster:Cluster',
      'elasticache/replicationGroup:ReplicationGroup',
      'dynamodb/table:Table',
      's3/bucket:Bucket',
      'sqs/queue:Queue',
      'sns/topic:Topic',
      'secretsmanager/secret:Secret',
      'ecr/repository:Repository',
      'cloudwatch/logGroup:LogGroup',
      'lb/loadBalancer:LoadBalancer',
      'lb/targetGroup:TargetGroup',
      'acm/certificate:Certificate',
      'route53/zone:Zone',
    ].map((type) => [`aws:${type}`, 'tags.opta:resource']),
  ),
  'gcp:compute/address:Address': 'labels.opta-resource',
  'gcp:kms/cryptoKey:CryptoKey': 'labels.opta-resource',
  'gcp:container/cluster:Cluster': 'resourceLabels.opta-resource',
  'gcp:container/nodePool:NodePool': 'nodeConfig.resourceLabels.opta-resource',
  'gcp:sql/databaseInstance:DatabaseInstance': 'settings.userLabels.opta-resource',
  'gcp:redis/instance:Instance': 'labels.opta-resource',
  'gcp:storage/bucket:Bucket': 'labels.opta-resource',
  'gcp:pubsub/topic:Topic': 'labels.opta-resource',
  'gcp:pubsub/subscription:Subscription': 'labels.opta-resource',
  'gcp:secretmanager/secret:Secret': 'labels.opta-resource',
  'gcp:artifactregistry/repository:Repository': 'labels.opta-resource',
  'gcp:dns/managedZone:ManagedZone': 'labels.opta-resource',
};

export const tagged: Rule = {
  name: 'tagged',
  check: (resources) =>
    resources.flatMap((resource) => {
      const path = marked[resource.type];
      if (path !== undefined && at(resource, path) === undefined) {
        return [violation('tagged', resource, 'does not say what it is, so that nobody could find it again')];
      }
      if (!/^pulumi:providers:(aws|gcp)$/.test(resource.type)) return [];
      const common = at(resource, resource.type.endsWith('aws') ? 'defaultTags' : 'defaultLabels');
      const named = JSON.stringify(common ?? '').includes('environment');
      return named ? [] : [violation('tagged', resource, 'does not tag what it makes with the environment')];
    }),
};
