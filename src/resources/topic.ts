/** topic: publish and subscribe. */
import { aws, bool, field, texts } from './field.ts';
import { moduleType } from './module-type.ts';

export const topic = moduleType({
  name: 'topic',
  concrete: { aws: 'aws-sns' },
  also: ['sns'],
  kind: 'resource',
  resource: 'topic',
  doc: 'A topic that queues subscribe to: SNS on AWS, Pub/Sub on Google.',
  fields: {
    fifo: bool('First in, first out, each once.', { default: false, on: aws }),
    content_based_deduplication: bool('Messages with the same content are one.', { default: false, on: aws }),
    sqs_subscribers: field(texts, 'ARNs of queues that get each message.', { default: [] }),
  },
  outputs: {
    topic_arn: 'ARN of the topic.',
    kms_arn: 'Key that encrypts it.',
    region: 'Region of the topic.',
    endpoint: 'URL of the SNS API on local targets.',
  },
  link: {
    variables: ['topic_arn', 'region'],
    localVariables: ['endpoint'],
    access: ['publish'],
    defaultAccess: ['publish'],
  },
  on: {
    process: 'a stand-in that speaks the SNS protocol',
    kind: 'a stand-in that speaks the SNS protocol',
    aws: 'an SNS topic, encrypted',
    gcp: 'a Pub/Sub topic',
  },
});
