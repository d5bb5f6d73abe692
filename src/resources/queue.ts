/** queue: a message queue. */
import { aws, bool, cloud, int } from './field.ts';
import { moduleType } from './module-type.ts';

export const queue = moduleType({
  name: 'queue',
  concrete: { aws: 'aws-sqs' },
  also: ['sqs'],
  kind: 'resource',
  resource: 'queue',
  doc: 'A message queue: SQS on AWS, a Pub/Sub subscription on Google.',
  fields: {
    fifo: bool('First in, first out, each once.', { default: false, on: cloud }),
    content_based_deduplication: bool('Messages with the same content are one.', { default: false, on: aws }),
    delay_seconds: int(0, 900, 'Seconds until a message can be seen.', { default: 0 }),
    message_retention_seconds: int(60, 1_209_600, 'Seconds that a message is kept.', { default: 345_600 }),
    receive_wait_time_seconds: int(0, 20, 'Seconds that a reader waits for a message.', { default: 0 }),
  },
  outputs: {
    queue_arn: 'ARN of the queue.',
    queue_id: 'Id of the queue; on AWS its URL.',
    queue_name: 'Name of the queue.',
    queue_url: 'URL of the queue.',
    kms_arn: 'Key that encrypts it.',
    region: 'Region of the queue.',
    endpoint: 'URL of the SQS API on local targets.',
  },
  link: {
    variables: ['queue_url', 'region'],
    localVariables: ['endpoint'],
    access: ['publish', 'subscribe'],
    defaultAccess: ['publish', 'subscribe'],
  },
  on: {
    process: 'a stand-in that speaks the SQS protocol',
    kind: 'a stand-in that speaks the SQS protocol',
    aws: 'an SQS queue with a dead-letter queue, encrypted',
    gcp: 'a Pub/Sub topic with a subscription',
  },
});
