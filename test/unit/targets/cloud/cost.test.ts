/** What an environment costs, and what of it has no price: nothing is left out silently. */
import { describe, expect, test } from 'vitest';
import { costText, deltaText, reviewCost } from '../../../../src/targets/cloud/cost.ts';
import { awsBaseKinds } from '../../../../src/targets/cloud/engine/simulated/aws.ts';
import { awsDataKinds } from '../../../../src/targets/cloud/engine/simulated/aws-data.ts';
import { awsIdentityKinds } from '../../../../src/targets/cloud/engine/simulated/aws-identity.ts';
import { atlasKinds, gcpKinds } from '../../../../src/targets/cloud/engine/simulated/gcp.ts';
import type { Change } from '../../../../src/targets/cloud/operation.ts';

const created = (type: string, inputs: Readonly<Record<string, unknown>> = {}): Change =>
  ({ type, kind: 'create', inputs }) as unknown as Change;
const virginia = { cloud: 'aws', region: 'us-east-1' } as const;

describe('the cost of a plan', () => {
  test('names what is paid by use beside the sum', () => {
    const cost = reviewCost(virginia, [
      created('aws:eks/cluster:Cluster'),
      created('aws:s3/bucket:Bucket'),
      created('aws:sqs/queue:Queue'),
      created('aws:sqs/queue:Queue'),
      created('aws:cloudwatch/logGroup:LogGroup'),
    ]);
    expect(costText(cost)).toBe('about $73 a month; not priced: cloudwatch LogGroup, s3 Bucket, sqs Queue');
  });

  test('never calls a part of a change the whole of it', () => {
    const told = (...changes: readonly Change[]): string => deltaText(reviewCost(virginia, changes));
    const cluster = created('aws:eks/cluster:Cluster');
    const zone = created('aws:route53/zone:Zone');
    const gone = (one: Change): Change => ({ ...one, kind: 'delete' }) as Change;
    const stays = (one: Change): Change => ({ ...one, kind: 'same' }) as unknown as Change;
    expect(told(cluster)).toBe('+$73 a month');
    expect(told(cluster, zone)).toBe('at least +$73 a month');
    expect(told(zone)).toBe('unknown');
    expect(told(gone(cluster), zone)).toBe('unknown');
    expect(told(cluster, gone(zone))).toBe('unknown');
    expect(told(gone(cluster))).toBe('-$73 a month');
    expect(told(stays(cluster), stays(zone))).toBe('unchanged');
  });

  test('names what has no price, and the region that no list covers', () => {
    const nodes = created('aws:eks/nodeGroup:NodeGroup', {
      instanceTypes: ['t3.medium'],
      scalingConfig: { minSize: 2 },
    });
    const changes = [created('aws:eks/cluster:Cluster'), nodes, created('aws:s3/bucket:Bucket')];
    expect(costText(reviewCost({ cloud: 'aws', region: 'eu-central-1' }, changes))).toBe(
      'about $143 a month; not priced: s3 Bucket',
    );
    expect(costText(reviewCost({ cloud: 'aws', region: 'eu-south-1' }, changes))).toBe(
      'at least $73 a month; not priced: t3.medium, s3 Bucket; no list of prices here covers eu-south-1',
    );
  });

  test('prices a database by its engine, and its standby', () => {
    const of = (engine: string): Change =>
      created('aws:rds/instance:Instance', { engine, instanceClass: 'db.t3.medium', multiAz: true });
    expect(costText(reviewCost(virginia, [of('postgres')]))).toBe('about $105 a month');
    expect(costText(reviewCost(virginia, [of('mysql')]))).toBe('about $99 a month');
  });

  test('pays once for up to five rules of the global load balancer', () => {
    const rule = created('gcp:compute/globalForwardingRule:GlobalForwardingRule');
    expect(costText(reviewCost({ cloud: 'gcp', region: 'us-central1' }, [rule, rule]))).toBe('about $18 a month');
  });

  test('says nothing of what is free, or goes', () => {
    const gone = { ...created('aws:s3/bucket:Bucket'), kind: 'delete' } as Change;
    const cost = reviewCost(virginia, [created('aws:eks/cluster:Cluster'), created('aws:iam/role:Role'), gone]);
    expect(costText(cost)).toBe('about $73 a month');
  });

  test('counts endpoints that are paid by the hour, and not those that are free', () => {
    const endpoint = (vpcEndpointType: string): Change =>
      created('aws:ec2/vpcEndpoint:VpcEndpoint', { vpcEndpointType, subnetIds: ['a', 'b'] });
    const cost = reviewCost(virginia, [endpoint('Gateway'), endpoint('Interface')]);
    expect(cost.pieces).toEqual([{ item: 'interface-endpoint', count: 2 }]);
    expect(cost.notPriced).toEqual([]);
  });

  test('names a type that nobody has thought of', () => {
    expect(reviewCost(virginia, [created('aws:lambda/function:Function')]).notPriced).toEqual(['lambda Function']);
  });

  test('leaves of everything that stacks are made of only these without a price', () => {
    const types = [awsBaseKinds, awsIdentityKinds, awsDataKinds, gcpKinds, atlasKinds].flatMap((all) =>
      Object.keys(all),
    );
    expect(
      reviewCost(
        virginia,
        types.map((type) => created(type)),
      ).notPriced,
    ).toEqual([
      'artifactregistry Repository',
      'certificatemanager Certificate',
      'cloudwatch LogGroup',
      'dynamodb Table',
      'ecr Repository',
      'index PrivateLinkEndpoint',
      'pubsub Subscription',
      'pubsub Topic',
      's3 Bucket',
      'secretmanager Secret',
      'sns Topic',
      'sqs Queue',
      'storage Bucket',
    ]);
  });
});
