/** queue and topic: Pub/Sub with our key. A queue is a topic with one subscription and a place for dead letters. */
import { Subscription } from '@pulumi/gcp/pubsub/subscription.js';
import { SubscriptionIAMMember } from '@pulumi/gcp/pubsub/subscriptionIAMMember.js';
import { Topic } from '@pulumi/gcp/pubsub/topic.js';
import { TopicIAMMember } from '@pulumi/gcp/pubsub/topicIAMMember.js';
import type { Resource } from '../../src/app/app.ts';
import { resourceName } from '../../src/app/names.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made, Values } from '../made.ts';
import { flag, number } from '../settings.ts';
import type { GcpContext } from './context.ts';

/** Times that a message is given out before it is a dead letter. */
const attempts = 5;

export function makeMessages(context: GcpContext): Made {
  const { resources } = context.input.app;
  const queues = resources.filter(({ type }) => type === 'queue');
  const topics = resources.filter(({ type }) => type === 'topic');
  if (queues.length + topics.length === 0) return {};
  return part(context, 'data:Messages', 'messages', (inside) =>
    Object.fromEntries([
      ...queues.map((queue) => [queue.id, makeQueue(inside, queue)] as const),
      ...topics.map((topic) => [topic.id, topicValues(inside, topic)] as const),
    ]),
  );
}

function makeTopic(context: GcpContext, resource: string, name: string): Topic {
  return new Topic(
    resource,
    {
      name,
      kmsKeyName: from(context, 'network', 'keyData'),
      messageStoragePolicy: { allowedPersistenceRegions: [context.region] },
      labels: tagged(context, resource),
    },
    options(context, resource, { protect: context.production }),
  );
}

function topicValues(context: GcpContext, { layer, name }: Resource): Values {
  const topic = makeTopic(context, `topic-${layer}_${name}`, resourceName(context.environment, layer, name));
  return { topic_arn: topic.id, kms_arn: from(context, 'network', 'keyData'), region: context.region };
}

function makeQueue(context: GcpContext, { layer, name, settings }: Resource): Values {
  const resource = `queue-${layer}_${name}`;
  const title = resourceName(context.environment, layer, name);
  const topic = makeTopic(context, `${resource}-topic`, title);
  const dead = makeTopic(context, `${resource}-dead`, `${title}-dead`);
  const kept = (seconds: number) => `${Math.min(Math.max(seconds, 600), 2_678_400)}s`;
  const subscription = new Subscription(
    resource,
    {
      name: title,
      topic: topic.id,
      messageRetentionDuration: kept(number(settings, 'message_retention_seconds', 345_600)),
      enableMessageOrdering: flag(settings, 'fifo'),
      enableExactlyOnceDelivery: flag(settings, 'fifo'),
      ackDeadlineSeconds: 60,
      expirationPolicy: { ttl: '' },
      deadLetterPolicy: { deadLetterTopic: dead.id, maxDeliveryAttempts: attempts },
      labels: tagged(context, resource),
    },
    options(context, resource, { protect: context.production }),
  );
  new Subscription(
    `${resource}-dead-letters`,
    {
      name: `${title}-dead`,
      topic: dead.id,
      messageRetentionDuration: kept(2_678_400),
      expirationPolicy: { ttl: '' },
      labels: tagged(context, `${resource}-dead-letters`),
    },
    options(context, `${resource}-dead-letters`),
  );
  // Moving a dead letter is done by Google's agent: it takes from the one and gives to the other.
  const member = from(context, 'network', 'pubsubAgent');
  new TopicIAMMember(
    `${resource}-dead-publisher`,
    { topic: dead.name, role: 'roles/pubsub.publisher', member },
    options(context, `${resource}-dead-publisher`),
  );
  new SubscriptionIAMMember(
    `${resource}-dead-subscriber`,
    { subscription: subscription.name, role: 'roles/pubsub.subscriber', member },
    options(context, `${resource}-dead-subscriber`),
  );
  return {
    queue_arn: topic.id,
    queue_id: subscription.id,
    queue_name: title,
    queue_url: subscription.id,
    kms_arn: from(context, 'network', 'keyData'),
    region: context.region,
  };
}
