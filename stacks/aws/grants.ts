/** What a link allows in words of IAM: the least that its access needs, on that one resource. */
import { type Input, interpolate } from '@pulumi/pulumi';
import type { Id, Resource } from '../../src/app/app.ts';
import { from } from '../context.ts';
import type { AwsContext } from './context.ts';
import type { Statement } from './policy-document.ts';

export interface Grant {
  readonly to: Id;
  readonly access: readonly string[];
}

/** Statements for all links of one identity. */
export function statementsOf(context: AwsContext, links: readonly Grant[]): Statement[] {
  const statements = links.flatMap(({ to, access }) => {
    const resource = context.input.app.resources.find(({ id }) => id === to);
    return resource === undefined ? [] : forResource(context, resource, access);
  });
  return statements.length === 0 ? [] : [...statements, keyStatement(context)];
}

const value = (context: AwsContext, id: Id, output: string) => from(context, 'data', `resources.${id}.${output}`);

function forResource(context: AwsContext, { id, type }: Resource, access: readonly string[]): Statement[] {
  const may = (word: string) => access.includes(word);
  if (type === 'bucket') return bucketStatements(value(context, id, 'bucket_arn'), may('write'));
  if (type === 'queue') return queueStatements(value(context, id, 'queue_arn'), may);
  if (type === 'topic') return [{ Action: ['sns:Publish'], Resource: value(context, id, 'topic_arn') }];
  if (type === 'dynamodb') return tableStatements(value(context, id, 'table_arn'), may('write'));
  return [];
}

function bucketStatements(arn: Input<string>, write: boolean): Statement[] {
  const objects = write
    ? ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
    : ['s3:GetObject'];
  return [
    { Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: arn },
    { Action: objects, Resource: interpolate`${arn}/*` },
  ];
}

function queueStatements(arn: Input<string>, may: (word: string) => boolean): Statement[] {
  const publish = ['sqs:SendMessage'];
  const subscribe = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];
  const actions = [...(may('publish') ? publish : []), ...(may('subscribe') ? subscribe : [])];
  return [{ Action: ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes', ...actions], Resource: arn }];
}

function tableStatements(arn: Input<string>, write: boolean): Statement[] {
  const read = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'DescribeTable', 'ConditionCheckItem'];
  const change = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];
  const actions = [...read, ...(write ? change : [])].map((action) => `dynamodb:${action}`);
  return [{ Action: actions, Resource: [arn, interpolate`${arn}/index/*`] }];
}

/** The key of the data, through the services that hold it and no other way. */
function keyStatement(context: AwsContext): Statement {
  const services = ['s3', 'sqs', 'sns', 'dynamodb'].map((service) => `${service}.${context.region}.amazonaws.com`);
  return {
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: from(context, 'network', 'keyData'),
    Condition: { StringEquals: { 'kms:ViaService': services } },
  };
}
