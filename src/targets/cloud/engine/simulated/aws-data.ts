/** The simulated AWS: databases, storage and messages. */
import { arn, input, prefixed } from './aws-forms.ts';
import { type Kind, named, text } from './kind.ts';

const bucket = 'aws:s3/bucket:Bucket';
const queue = 'aws:sqs/queue:Queue';
const topic = 'aws:sns/topic:Topic';
const ofBucket: Kind = { id: input('bucket'), refers: { bucket: [bucket] }, unique: ['bucket'] };
const ofQueue: Kind = {
  id: input('queueUrl'),
  refers: { queueUrl: [queue] },
  unique: ['queueUrl'],
  fixed: ['queueUrl'],
};
const group = (service: string, kind: string): Kind => ({
  id: named,
  outputs: (birth) => ({ name: birth.id, arn: arn(birth, service, `${kind}:${birth.id}`) }),
  unique: ['name'],
});

export const awsDataKinds: Readonly<Record<string, Kind>> = {
  'aws:rds/instance:Instance': {
    id: ({ digits }) => `db-${digits(26).toUpperCase()}`,
    outputs: (birth) => {
      const identifier = text(birth.inputs['identifier']) || named(birth);
      const port = text(birth.inputs['engine']).startsWith('mysql') ? 3306 : 5432;
      const address = `${identifier}.${birth.digits(12)}.${birth.setting.region}.rds.amazonaws.com`;
      return {
        identifier,
        arn: arn(birth, 'rds', `db:${identifier}`),
        resourceId: birth.id,
        address,
        endpoint: `${address}:${port}`,
        port,
        hostedZoneId: 'Z2R2ITUGPM61AM',
        status: 'available',
        masterUserSecrets: birth.inputs['manageMasterUserPassword']
          ? [
              {
                secretArn: arn(birth, 'secretsmanager', `secret:rds!${birth.id.toLowerCase()}-${birth.digits(6)}`),
                kmsKeyId: birth.inputs['masterUserSecretKmsKeyId'] ?? null,
                secretStatus: 'active',
              },
            ]
          : [],
      };
    },
    refers: { dbSubnetGroupName: ['aws:rds/subnetGroup:SubnetGroup'] },
    unique: ['identifier'],
    fixed: ['kmsKeyId', 'dbName'],
    free: ['port'],
  },
  'aws:rds/parameterGroup:ParameterGroup': group('rds', 'pg'),
  'aws:rds/subnetGroup:SubnetGroup': group('rds', 'subgrp'),
  'aws:elasticache/subnetGroup:SubnetGroup': group('elasticache', 'subnetgroup'),
  'aws:elasticache/parameterGroup:ParameterGroup': group('elasticache', 'parametergroup'),
  'aws:elasticache/replicationGroup:ReplicationGroup': {
    id: input('replicationGroupId'),
    outputs: (birth) => ({
      arn: arn(birth, 'elasticache', `replicationgroup:${birth.id}`),
      primaryEndpointAddress: `master.${birth.id}.${birth.digits(6)}.cache.amazonaws.com`,
      readerEndpointAddress: `replica.${birth.id}.${birth.digits(6)}.cache.amazonaws.com`,
    }),
    unique: ['replicationGroupId'],
    fixed: ['atRestEncryptionEnabled', 'kmsKeyId'],
    free: ['engine'],
  },
  'aws:docdb/subnetGroup:SubnetGroup': group('rds', 'subgrp'),
  'aws:docdb/clusterParameterGroup:ClusterParameterGroup': group('rds', 'cluster-pg'),
  'aws:docdb/cluster:Cluster': {
    id: input('clusterIdentifier'),
    outputs: (birth) => ({
      arn: arn(birth, 'rds', `cluster:${birth.id}`),
      endpoint: `${birth.id}.cluster-${birth.digits(12)}.${birth.setting.region}.docdb.amazonaws.com`,
      readerEndpoint: `${birth.id}.cluster-ro-${birth.digits(12)}.${birth.setting.region}.docdb.amazonaws.com`,
      port: 27017,
    }),
    refers: { dbSubnetGroupName: ['aws:docdb/subnetGroup:SubnetGroup'] },
    unique: ['clusterIdentifier'],
    fixed: ['kmsKeyId', 'masterUsername'],
  },
  'aws:docdb/clusterInstance:ClusterInstance': {
    id: input('identifier'),
    outputs: (birth) => ({ arn: arn(birth, 'rds', `db:${birth.id}`) }),
    refers: { clusterIdentifier: ['aws:docdb/cluster:Cluster'] },
    unique: ['identifier'],
  },
  [bucket]: {
    id: input('bucket'),
    outputs: (birth) => ({
      bucket: birth.id,
      arn: `arn:aws:s3:::${birth.id}`,
      bucketDomainName: `${birth.id}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${birth.id}.s3.${birth.setting.region}.amazonaws.com`,
    }),
    unique: ['bucket'],
  },
  'aws:s3/bucketVersioning:BucketVersioning': ofBucket,
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': ofBucket,
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': ofBucket,
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': ofBucket,
  'aws:s3/bucketPolicy:BucketPolicy': ofBucket,
  'aws:s3/bucketCorsConfiguration:BucketCorsConfiguration': ofBucket,
  'aws:s3/bucketLogging:BucketLogging': ofBucket,
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': ofBucket,
  [queue]: {
    id: (birth) => `https://sqs.${birth.setting.region}.amazonaws.com/${birth.setting.account}/${named(birth)}`,
    outputs: (birth) => ({ url: birth.id, arn: arn(birth, 'sqs', named(birth)), name: named(birth) }),
    unique: ['name'],
    fixed: ['fifoQueue'],
  },
  'aws:sqs/queuePolicy:QueuePolicy': ofQueue,
  'aws:sqs/redrivePolicy:RedrivePolicy': ofQueue,
  'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy': ofQueue,
  [topic]: {
    id: (birth) => arn(birth, 'sns', named(birth)),
    outputs: (birth) => ({ arn: birth.id, name: named(birth) }),
    unique: ['name'],
    fixed: ['fifoTopic'],
  },
  'aws:sns/topicPolicy:TopicPolicy': { id: input('arn'), refers: { arn: [topic] }, unique: ['arn'], fixed: ['arn'] },
  'aws:sns/topicSubscription:TopicSubscription': {
    id: (birth) => `${text(birth.inputs['topic'])}:${birth.digits(32)}`,
    outputs: ({ id }) => ({ arn: id }),
    refers: { topic: [topic] },
    unique: ['topic', 'endpoint'],
    fixed: ['endpoint'],
  },
  'aws:dynamodb/table:Table': {
    id: named,
    outputs: (birth) => ({
      arn: arn(birth, 'dynamodb', `table/${birth.id}`),
      streamArn: birth.inputs['streamEnabled'] ? arn(birth, 'dynamodb', `table/${birth.id}/stream/1`) : '',
    }),
    unique: ['name'],
  },
  'aws:ec2/securityGroupRule:SecurityGroupRule': { id: prefixed('sgrule') },
};
