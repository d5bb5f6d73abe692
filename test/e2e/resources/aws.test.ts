/** moto_server on PATH in the place of S3, SQS, SNS and DynamoDB. */
import { rm } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { callJson, callQuery, callS3 } from '../../../src/targets/process/resources/aws-client.ts';
import { type Facts, readFacts } from '../../../src/targets/process/resources/facts.ts';
import { planResource, resourceOutputs } from '../../../src/targets/process/resources/index.ts';
import { freePort } from '../../support/ports.ts';
import {
  type Program,
  privateFolder,
  resourceOf,
  runSteps,
  startProgram,
  system,
  wantedOf,
} from '../../support/resources.ts';

const facts: Facts = await readFacts(system, ['queue'], { cache: '/nowhere', data: '/nowhere' });
const absent = facts.moto === undefined;
if (absent) console.log('skipped: moto_server is not on PATH');

const folder = await privateFolder();
let program: Program | undefined;
afterAll(async () => {
  await program?.stop('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test.skipIf(absent)('one server plays them all: a message to the topic arrives in the queue', async () => {
  const sharedPort = await freePort();
  const queueArn = 'arn:aws:sqs:us-east-1:123456789012:back-orders';
  const attributes = [{ name: 'id', type: 'S' }];
  const wanted = [
    resourceOf('bucket', { bucket_name: 'my-photos' }, 'photos'),
    resourceOf('queue', {}, 'orders'),
    resourceOf('topic', { sqs_subscribers: [queueArn] }, 'news'),
    resourceOf('dynamodb', { hash_key: 'id', attributes }, 'table'),
  ].map((resource) => wantedOf(resource, folder, facts, { sharedPort }));
  const plans = wanted.map(planResource);
  const [first] = plans;
  if (first === undefined) throw new Error('no plan');
  await runSteps(first.prepare);
  program = await startProgram(first);
  const after = plans.flatMap((plan) => plan.after);
  expect(new Set(Object.values(await runSteps(after)))).toEqual(new Set(['done']));
  expect(new Set(Object.values(await runSteps(after)))).toEqual(new Set(['unchanged']));

  const [bucket, queue, topic, table] = await Promise.all(wanted.map(resourceOutputs));
  const endpoint = queue?.['endpoint']?.value ?? '';
  const topicArn = topic?.['topic_arn']?.value ?? '';
  expect(queue?.['queue_arn']?.value).toBe(queueArn);
  await callQuery(endpoint, 'sns', { Action: 'Publish', TopicArn: topicArn, Message: 'hello' });
  const body = { QueueUrl: queue?.['queue_url']?.value };
  expect((await callJson(endpoint, 'sqs', 'AmazonSQS.ReceiveMessage', body)).text).toContain('hello');
  expect((await callS3(endpoint, 'HEAD', `/${bucket?.['bucket_name']?.value}`)).ok).toBe(true);
  const described = { TableName: table?.['table_name']?.value };
  expect((await callJson(endpoint, 'dynamodb', 'DynamoDB_20120810.DescribeTable', described)).text).toContain('ACTIVE');
});
