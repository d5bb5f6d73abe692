/** Rules: everything that is stored is encrypted with a key of ours, and everything that goes by wire with TLS. */
import { isSharedSize } from '../../../resources/mongodb-atlas.ts';
import { at, type Checked, type Complaint, either, is, isSet, isUnknown, mustBe, needs, ruleOf } from './rule.ts';
import { denies } from './statements.ts';

const noKey = 'is not encrypted with a key of ours';
const key = (...paths: readonly string[]) => needs(noKey, ...paths);

/** S3 delivers logs of accesses only to buckets with a key of its own (Amazon S3 User Guide, server access logs). */
const ownKeyOfService = new Set(['log-bucket']);

/** A resource beside this one that belongs to it by its name, such as `bucket-x-encryption`. */
function beside(all: readonly Checked[], resource: Checked, type: string): Checked | undefined {
  return all.find(({ stack, type: other, name }) => {
    return stack === resource.stack && other === type && name.startsWith(`${resource.name}-`);
  });
}

const bucketKey: Complaint = (bucket, _, all) => {
  const found = beside(
    all,
    bucket,
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  );
  if (found === undefined) return 'has no encryption configuration';
  if (ownKeyOfService.has(bucket.name)) return undefined;
  const path = 'rules.0.applyServerSideEncryptionByDefault';
  return is(found, `${path}.sseAlgorithm`, 'aws:kms') && isSet(found, `${path}.kmsMasterKeyId`) ? undefined : noKey;
};

const nodeDisks: Complaint = (template) => {
  const disks = at(template, 'blockDeviceMappings');
  if (!Array.isArray(disks) || disks.length === 0) return 'says nothing of its disks';
  const encrypted = disks.every((_, index) => {
    const disk = `blockDeviceMappings.${index}.ebs`;
    return String(at(template, `${disk}.encrypted`)) === 'true' && isSet(template, `${disk}.kmsKeyId`);
  });
  return encrypted ? undefined : noKey;
};

const atlasKey: Complaint = (cluster) => {
  const size = String(at(cluster, 'replicationSpecs.0.regionConfigs.0.electableSpecs.instanceSize'));
  // Those that share machines with others can have no key of their own.
  if (isSharedSize(size)) return undefined;
  return /^(AWS|GCP)$/.test(String(at(cluster, 'encryptionAtRestProvider'))) ? undefined : noKey;
};

const rotation = needs('is never rotated', 'enableKeyRotation');

export const encryptedAtRest = ruleOf('encrypted-at-rest', {
  'aws:rds/instance:Instance': key('storageEncrypted', 'kmsKeyId', 'masterUserSecretKmsKeyId'),
  'aws:docdb/cluster:Cluster': key('storageEncrypted', 'kmsKeyId'),
  'aws:elasticache/replicationGroup:ReplicationGroup': key('atRestEncryptionEnabled', 'kmsKeyId'),
  'aws:dynamodb/table:Table': key('serverSideEncryption.enabled', 'serverSideEncryption.kmsKeyArn'),
  'aws:sqs/queue:Queue': key('kmsMasterKeyId'),
  'aws:sns/topic:Topic': key('kmsMasterKeyId'),
  'aws:secretsmanager/secret:Secret': key('kmsKeyId'),
  'aws:ecr/repository:Repository': key('encryptionConfigurations.0.kmsKey'),
  'aws:cloudwatch/logGroup:LogGroup': key('kmsKeyId'),
  'aws:eks/cluster:Cluster': key('encryptionConfig.provider.keyArn'),
  'aws:ec2/launchTemplate:LaunchTemplate': nodeDisks,
  'aws:s3/bucket:Bucket': bucketKey,
  'mongodbatlas:index/advancedCluster:AdvancedCluster': atlasKey,
  'aws:kms/key:Key': either(rotation, mustBe('can be lost in less than 30 days', { deletionWindowInDays: 30 })),
  'gcp:sql/databaseInstance:DatabaseInstance': key('encryptionKeyName'),
  'gcp:redis/instance:Instance': key('customerManagedKey'),
  'gcp:storage/bucket:Bucket': key('encryption.defaultKmsKeyName'),
  'gcp:pubsub/topic:Topic': key('kmsKeyName'),
  'gcp:secretmanager/secret:Secret': key('replication.userManaged.replicas.0.customerManagedEncryption.kmsKeyName'),
  'gcp:artifactregistry/repository:Repository': key('kmsKeyName'),
  'gcp:container/cluster:Cluster': either(
    mustBe('keeps secrets of Kubernetes without a key of ours', { 'databaseEncryption.state': 'ENCRYPTED' }),
    key('databaseEncryption.keyName'),
  ),
  'gcp:container/nodePool:NodePool': key('nodeConfig.bootDiskKmsKey'),
  'gcp:kms/cryptoKey:CryptoKey': needs('is never rotated', 'rotationPeriod'),
});

/** Parameters by which a server refuses callers without TLS. */
const forcing: Readonly<Record<string, string>> = {
  'rds.force_ssl': '1',
  require_secure_transport: '1',
  tls: 'enabled',
};

const forcesTls: Complaint = (group) => {
  const parameters = at(group, 'parameters');
  if (isUnknown(parameters)) return undefined;
  const list = Array.isArray(parameters) ? (parameters as readonly { name?: string; value?: string }[]) : [];
  const forced = list.some(({ name = '', value }) => forcing[name] !== undefined && forcing[name] === value);
  return forced ? undefined : 'lets callers in without TLS';
};

/** A policy of its own refuses every request without TLS. */
function refusesPlain(type: string): Complaint {
  return (resource, _, all) => {
    const policy = beside(all, resource, type);
    if (policy === undefined) return 'has no policy that refuses requests without TLS';
    const refused = denies(at(policy, 'policy'), 'aws:SecureTransport');
    return refused ? undefined : 'takes requests without TLS';
  };
}

/** What the load balancer offers on 443 ends TLS with a policy of today; passing TLS through is the controller's own. */
const listener: Complaint = (resource) => {
  if (!is(resource, 'protocol', 'TLS')) return undefined;
  const policy = at(resource, 'sslPolicy');
  return isUnknown(policy) || /TLS13/.test(String(policy)) ? undefined : 'speaks TLS of another age';
};

/** Redis before 7 knows TLS for all or for none, and takes no word for it. */
const cacheMode: Complaint = (resource) => {
  const mode = at(resource, 'transitEncryptionMode');
  const all = mode === undefined ? is(resource, 'engine', 'redis') : isUnknown(mode) || mode === 'required';
  return all ? undefined : 'lets callers in without TLS';
};

export const tlsEnforced = ruleOf('tls-enforced', {
  'aws:rds/parameterGroup:ParameterGroup': forcesTls,
  'aws:rds/instance:Instance': needs('has no parameters of its own that force TLS', 'parameterGroupName'),
  'aws:docdb/clusterParameterGroup:ClusterParameterGroup': forcesTls,
  'aws:docdb/cluster:Cluster': needs('has no parameters of its own that force TLS', 'dbClusterParameterGroupName'),
  'aws:elasticache/replicationGroup:ReplicationGroup': either(
    mustBe('lets callers in without TLS', { transitEncryptionEnabled: true }),
    cacheMode,
    needs('lets callers in without a token', 'authToken'),
  ),
  'aws:s3/bucket:Bucket': refusesPlain('aws:s3/bucketPolicy:BucketPolicy'),
  'aws:sqs/queue:Queue': refusesPlain('aws:sqs/queuePolicy:QueuePolicy'),
  'aws:sns/topic:Topic': refusesPlain('aws:sns/topicPolicy:TopicPolicy'),
  'aws:lb/listener:Listener': listener,
  'gcp:sql/databaseInstance:DatabaseInstance': mustBe('lets callers in without TLS', {
    'settings.ipConfiguration.sslMode': 'ENCRYPTED_ONLY',
  }),
  'gcp:redis/instance:Instance': mustBe('lets callers in without TLS or without a token', {
    transitEncryptionMode: 'SERVER_AUTHENTICATION',
    authEnabled: true,
  }),
  'gcp:compute/targetHttpsProxy:TargetHttpsProxy': needs('has no TLS policy', 'sslPolicy'),
  'gcp:compute/sSLPolicy:SSLPolicy': mustBe('allows TLS of another age', {
    profile: 'MODERN',
    minTlsVersion: 'TLS_1_2',
  }),
  'gcp:compute/backendService:BackendService': mustBe('speaks plain HTTP to the cluster', { protocol: 'HTTPS' }),
});
