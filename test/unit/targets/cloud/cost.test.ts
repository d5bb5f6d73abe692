/** What an environment costs, and what of it has no price: nothing is left out silently. */
import { describe, expect, test } from 'vitest';
import { costText, reviewCost } from '../../../../src/targets/cloud/cost.ts';
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
