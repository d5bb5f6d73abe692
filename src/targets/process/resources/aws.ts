/** Buckets, queues, topics and tables: moto_server from PATH stands in for S3, SQS, SNS and DynamoDB, one server for all of them. */
import type { Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import type { ResourceName } from '../../../resources/names.ts';
import type { ProgramSpec } from '../spec.ts';
import { type AwsAnswer, account, callJson, callQuery, callS3, region } from './aws-client.ts';
import { makeFolder } from './data-folder.ts';
import { serverNotFound } from './install-hints.ts';
import { type Output, plain, programOf, type Realisation, textSetting, type Wanted } from './realisation.ts';

type AwsName = Extract<ResourceName, 'bucket' | 'queue' | 'topic' | 'dynamodb'>;

interface Kind {
  readonly title: string;
  exists(wanted: Wanted): Promise<AwsAnswer>;
  create(wanted: Wanted): Promise<readonly AwsAnswer[]>;
  outputs(wanted: Wanted): Readonly<Record<string, string>>;
}

const endpointOf = (wanted: Wanted): string => `http://127.0.0.1:${wanted.sharedPort}`;
/** Queues, topics and tables are named by layer and module. */
const nameOf = ({ resource }: Wanted): string => {
  const suffix = resource.settings['fifo'] === true && resource.type !== 'dynamodb' ? '.fifo' : '';
  return `${resource.layer}-${resource.name}${suffix}`;
};
const bucketOf = (wanted: Wanted): string => textSetting(wanted.resource, 'bucket_name') ?? nameOf(wanted);
const arn = (service: string, name: string): string => `arn:aws:${service}:${region}:${account}:${name}`;

function queueAttributes({ resource: { settings } }: Wanted): Readonly<Record<string, string>> {
  const fifo = settings['fifo'] === true;
  return {
    DelaySeconds: String(settings['delay_seconds'] ?? 0),
    MessageRetentionPeriod: String(settings['message_retention_seconds'] ?? 345_600),
    ReceiveMessageWaitTimeSeconds: String(settings['receive_wait_time_seconds'] ?? 0),
    ...(fifo
      ? { FifoQueue: 'true', ContentBasedDeduplication: String(settings['content_based_deduplication'] === true) }
      : {}),
  };
}

async function createTopic(wanted: Wanted): Promise<readonly AwsAnswer[]> {
  const endpoint = endpointOf(wanted);
  const { settings } = wanted.resource;
  const fifo: Record<string, string> =
    settings['fifo'] === true ? { 'Attributes.entry.1.key': 'FifoTopic', 'Attributes.entry.1.value': 'true' } : {};
  const made = await callQuery(endpoint, 'sns', { Action: 'CreateTopic', Name: nameOf(wanted), ...fifo });
  const subscribers = settings['sqs_subscribers'];
  const arns = Array.isArray(subscribers) ? subscribers.filter((one): one is string => typeof one === 'string') : [];
  const subscribed = await Promise.all(
    arns.map((Endpoint) =>
      callQuery(endpoint, 'sns', {
        Action: 'Subscribe',
        TopicArn: arn('sns', nameOf(wanted)),
        Protocol: 'sqs',
        Endpoint,
      }),
    ),
  );
  return [made, ...subscribed];
}

function tableBody(wanted: Wanted): unknown {
  const { settings } = wanted.resource;
  const range = textSetting(wanted.resource, 'range_key');
  const attributes = (settings['attributes'] ?? []) as readonly { name: string; type: string }[];
  return {
    TableName: nameOf(wanted),
    AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: [
      { AttributeName: textSetting(wanted.resource, 'hash_key'), KeyType: 'HASH' },
      ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
    ],
    BillingMode: 'PAY_PER_REQUEST',
  };
}

const dynamo = (wanted: Wanted, action: string, body: unknown): Promise<AwsAnswer> =>
  callJson(endpointOf(wanted), 'dynamodb', `DynamoDB_20120810.${action}`, body);
const sqs = (wanted: Wanted, action: string, body: unknown): Promise<AwsAnswer> =>
  callJson(endpointOf(wanted), 'sqs', `AmazonSQS.${action}`, body);

const kinds: { readonly [K in AwsName]: Kind } = {
  bucket: {
    title: 'Bucket',
    exists: (wanted) => callS3(endpointOf(wanted), 'HEAD', `/${bucketOf(wanted)}`),
    create: async (wanted) => [await callS3(endpointOf(wanted), 'PUT', `/${bucketOf(wanted)}`)],
    outputs: (wanted) => {
      const name = bucketOf(wanted);
      return { bucket_name: name, bucket_id: name, bucket_arn: `arn:aws:s3:::${name}`, cloudfront_read_path: '' };
    },
  },
  queue: {
    title: 'Queue',
    exists: (wanted) => sqs(wanted, 'GetQueueUrl', { QueueName: nameOf(wanted) }),
    create: async (wanted) => [
      await sqs(wanted, 'CreateQueue', { QueueName: nameOf(wanted), Attributes: queueAttributes(wanted) }),
    ],
    outputs: (wanted) => {
      const name = nameOf(wanted);
      const url = `${endpointOf(wanted)}/${account}/${name}`;
      return { queue_url: url, queue_id: url, queue_name: name, queue_arn: arn('sqs', name), kms_arn: '' };
    },
  },
  topic: {
    title: 'Topic',
    exists: (wanted) =>
      callQuery(endpointOf(wanted), 'sns', { Action: 'GetTopicAttributes', TopicArn: arn('sns', nameOf(wanted)) }),
    create: createTopic,
    outputs: (wanted) => ({ topic_arn: arn('sns', nameOf(wanted)), kms_arn: '' }),
  },
  dynamodb: {
    title: 'Table',
    exists: (wanted) => dynamo(wanted, 'DescribeTable', { TableName: nameOf(wanted) }),
    create: async (wanted) => [await dynamo(wanted, 'CreateTable', tableBody(wanted))],
    outputs: (wanted) => {
      const name = nameOf(wanted);
      const table = arn('dynamodb', `table/${name}`);
      return { table_name: name, table_id: name, table_arn: table, kms_arn: '', kms_id: '' };
    },
  },
};

function folderStep({ sharedFolder }: Wanted): Step {
  return {
    id: 'aws:folder',
    title: 'Folder of the AWS stand-in',
    kind: 'change',
    needs: [],
    async run() {
      await makeFolder(sharedFolder);
      return 'unchanged';
    },
  };
}

function createStep(wanted: Wanted, kind: Kind): Step {
  const { id, place } = wanted.resource;
  return {
    id: `${id}:create`,
    title: `${kind.title} of ${id}`,
    kind: 'change',
    needs: [],
    isDone: async () => (await kind.exists(wanted)).ok,
    async run() {
      const failed = (await kind.create(wanted)).find((answer) => !answer.ok);
      if (failed === undefined) return undefined;
      throw new UserError('stand-in-refused', `The AWS stand-in did not make ${id} (status ${failed.status}).`, {
        place,
        hints: ['Its answer below names the setting to change.'],
        detail: failed.text.split('\n').slice(0, 12),
      });
    },
  };
}

/** The same for every resource, so that the second one changes nothing: it has no place in the definition. */
function sharedProgram(wanted: Wanted, path: string): ProgramSpec {
  const { facts, sharedFolder, sharedPort } = wanted;
  const { place: _, ...program } = programOf(wanted, {
    id: 'opta/aws',
    argv: [path, '-H', '127.0.0.1', '-p', String(sharedPort)],
    directory: sharedFolder,
    env: facts.env,
    port: sharedPort,
    readiness: { kind: 'tcp' },
    stop: { signal: 'SIGTERM', graceMs: 2000 },
  });
  return program;
}

function realisation(name: AwsName): Realisation {
  const kind = kinds[name];
  return {
    plan(wanted) {
      const { facts, resource } = wanted;
      if (facts.moto === undefined) throw serverNotFound('aws', resource, facts.packageSystem);
      return {
        prepare: [folderStep(wanted)],
        programs: [sharedProgram(wanted, facts.moto.path)],
        after: [createStep(wanted, kind)],
        diagnostics: [
          {
            severity: 'notice',
            code: 'stand-in',
            message: `${resource.id} is played by moto_server, which keeps it in memory: it is empty after each start.`,
            place: resource.place,
            hints: [],
          },
        ],
        folders: [],
      };
    },
    async outputs(wanted): Promise<Readonly<Record<string, Output>>> {
      const own = { ...kind.outputs(wanted), region, endpoint: endpointOf(wanted) };
      return Object.fromEntries(Object.entries(own).map(([key, value]) => [key, plain(value)]));
    },
  };
}

export const bucket = realisation('bucket');
export const queue = realisation('queue');
export const topic = realisation('topic');
export const dynamodb = realisation('dynamodb');

/** What the SDKs of linked services need besides the linked variables: credentials that mean nothing, and where to call. */
export function awsEnvironment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: 'opta',
    AWS_SECRET_ACCESS_KEY: 'opta',
    AWS_REGION: region,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_ENDPOINT_URL_SNS: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  };
}
