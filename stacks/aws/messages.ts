/** queue and topic: SQS with a dead-letter queue and SNS, encrypted with our key, TLS only. */
import { Topic } from '@pulumi/aws/sns/topic.js';
import { TopicPolicy } from '@pulumi/aws/sns/topicPolicy.js';
import { TopicSubscription } from '@pulumi/aws/sns/topicSubscription.js';
import { Queue } from '@pulumi/aws/sqs/queue.js';
import { QueuePolicy } from '@pulumi/aws/sqs/queuePolicy.js';
import { RedrivePolicy } from '@pulumi/aws/sqs/redrivePolicy.js';
import { type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import type { Resource } from '../../src/app/app.ts';
import { resourceName } from '../../src/app/names.ts';
import { from, options, part, tagged } from '../context.ts';
import { lateTexts } from '../late.ts';
import type { Made, Values } from '../made.ts';
import { flag, number } from '../settings.ts';
import type { AwsContext } from './context.ts';
import { policyDocument, type Statement } from './policy-document.ts';

/** Times that a message is given out before it goes to the dead-letter queue. */
const attempts = 5;
/** Fourteen days, the longest that SQS keeps a message. */
const deadLetterSeconds = 1_209_600;

export function makeMessages(context: AwsContext): Made {
  const { resources } = context.input.app;
  const queues = resources.filter(({ type }) => type === 'queue');
  const topics = resources.filter(({ type }) => type === 'topic');
  if (queues.length + topics.length === 0) return {};
  return part(context, 'data:Messages', 'messages', (inside) => {
    const made = new Map(queues.map((queue) => [queue.id, makeQueue(inside, queue)]));
    const give = (id: string, output: string): Input<string> => made.get(id)?.[output] ?? '';
    for (const topic of topics) made.set(topic.id, makeTopic(inside, topic, give));
    return Object.fromEntries(made);
  });
}

function makeQueue(context: AwsContext, { layer, name, settings }: Resource): Values {
  const resource = `queue-${layer}_${name}`;
  const fifo = flag(settings, 'fifo');
  const title = resourceName(context.environment, layer, name);
  const key = from(context, 'network', 'keyData');
  const kind = (suffix: string) => ({
    name: `${title}${suffix}${fifo ? '.fifo' : ''}`,
    ...(fifo ? { fifoQueue: true, contentBasedDeduplication: flag(settings, 'content_based_deduplication') } : {}),
    kmsMasterKeyId: key,
    kmsDataKeyReusePeriodSeconds: 300,
  });
  const dead = new Queue(
    `${resource}-dead`,
    { ...kind('-dead'), messageRetentionSeconds: deadLetterSeconds, tags: tagged(context, `${resource}-dead`) },
    options(context, `${resource}-dead`),
  );
  const queue = new Queue(
    resource,
    {
      ...kind(''),
      delaySeconds: number(settings, 'delay_seconds', 0),
      messageRetentionSeconds: number(settings, 'message_retention_seconds', 345_600),
      receiveWaitTimeSeconds: number(settings, 'receive_wait_time_seconds', 0),
      tags: tagged(context, resource),
    },
    options(context, resource, { protect: context.production }),
  );
  new RedrivePolicy(
    `${resource}-redrive`,
    {
      queueUrl: queue.id,
      redrivePolicy: jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: attempts }),
    },
    options(context, `${resource}-redrive`),
  );
  for (const [suffix, { id, arn }] of [['', queue] as const, ['-dead', dead] as const]) {
    const policy = `${resource}${suffix}-policy`;
    const topics = { Sid: 'Topics', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage' };
    const fromTopics = { ...topics, Resource: arn, Condition: ofAccount(context) };
    const statements = [tlsOnly('sqs', arn), ...(suffix === '' ? [fromTopics] : [])];
    new QueuePolicy(policy, { queueUrl: id, policy: policyDocument(...statements) }, options(context, policy));
  }
  return {
    queue_arn: queue.arn,
    queue_id: queue.url,
    queue_name: queue.name,
    queue_url: queue.url,
    kms_arn: key,
    region: context.region,
  };
}

function makeTopic(
  context: AwsContext,
  { layer, name, settings }: Resource,
  give: (id: string, output: string) => Input<string>,
): Values {
  const resource = `topic-${layer}_${name}`;
  const fifo = flag(settings, 'fifo');
  const key = from(context, 'network', 'keyData');
  const topic = new Topic(
    resource,
    {
      name: `${resourceName(context.environment, layer, name)}${fifo ? '.fifo' : ''}`,
      ...(fifo ? { fifoTopic: true, contentBasedDeduplication: flag(settings, 'content_based_deduplication') } : {}),
      kmsMasterKeyId: key,
      tags: tagged(context, resource),
    },
    options(context, resource, { protect: context.production }),
  );
  new TopicPolicy(
    `${resource}-policy`,
    { arn: topic.arn, policy: policyDocument(tlsOnly('sns', topic.arn)) },
    options(context, `${resource}-policy`),
  );
  for (const [index, endpoint] of lateTexts(settings.sqs_subscribers, give).entries()) {
    const subscription = `${resource}-to-${index}`;
    new TopicSubscription(
      subscription,
      { topic: topic.arn, protocol: 'sqs', endpoint, rawMessageDelivery: true },
      options(context, subscription),
    );
  }
  return { topic_arn: topic.arn, kms_arn: key, region: context.region };
}

function ofAccount({ account }: AwsContext) {
  return { StringEquals: { 'aws:SourceAccount': account } };
}

/** Publishing without TLS is refused, whoever asks. */
function tlsOnly(service: 'sqs' | 'sns', resource: Output<string>): Statement {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: service === 'sqs' ? ['sqs:SendMessage', 'sqs:ReceiveMessage'] : 'sns:Publish',
    Resource: resource,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
