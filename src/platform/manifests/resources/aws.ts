/** Buckets, queues, topics and tables in the cluster: one moto server a layer stands in for S3, SQS, SNS and DynamoDB. */
import type { Resource } from '../../../app/app.ts';
import type { ManifestOptions, OutputValue } from '../options.ts';
import { type Server, shown, textSetting } from './realisation.ts';

/** Of the stand-in in each layer that needs one. */
export const standInName = 'opta-aws';
const containerPort = 5000;
/** The account that moto plays. */
const account = '123456789012';
const region = 'us-east-1';

const endpointOf = ({ layer }: Resource): string => `http://${standInName}.${layer}`;

/** Queues, topics and tables are named by layer and module, as on `process`. */
function nameOf(resource: Resource): string {
  const suffix = resource.settings['fifo'] === true && resource.type !== 'dynamodb' ? '.fifo' : '';
  return `${resource.layer}-${resource.name}${suffix}`;
}

const bucketOf = (resource: Resource): string => textSetting(resource, 'bucket_name') ?? nameOf(resource);
const arn = (service: string, name: string): string => `arn:aws:${service}:${region}:${account}:${name}`;

export const isStandIn = ({ type }: Resource): boolean => ['bucket', 'queue', 'topic', 'dynamodb'].includes(type);

function own(resource: Resource): Readonly<Record<string, string>> {
  const name = nameOf(resource);
  switch (resource.type) {
    case 'bucket': {
      const bucket = bucketOf(resource);
      return { bucket_name: bucket, bucket_id: bucket, bucket_arn: `arn:aws:s3:::${bucket}`, cloudfront_read_path: '' };
    }
    case 'queue': {
      const url = `${endpointOf(resource)}/${account}/${name}`;
      return { queue_url: url, queue_id: url, queue_name: name, queue_arn: arn('sqs', name), kms_arn: '' };
    }
    case 'topic':
      return { topic_arn: arn('sns', name), kms_arn: '' };
    default:
      return { table_name: name, table_id: name, table_arn: arn('dynamodb', `table/${name}`), kms_arn: '', kms_id: '' };
  }
}

export function standInOutputs(resource: Resource): Readonly<Record<string, OutputValue>> {
  const all = { ...own(resource), region, endpoint: endpointOf(resource) };
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, shown(value)]));
}

/** What an AWS client needs to find the stand-in by itself; the same as on `process`. */
export function standInVariables(layer: string): Readonly<Record<string, string>> {
  const endpoint = `http://${standInName}.${layer}`;
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

function queueAttributes({ settings }: Resource): Readonly<Record<string, string>> {
  const deduplicated = settings['content_based_deduplication'] === true;
  return {
    DelaySeconds: String(settings['delay_seconds'] ?? 0),
    MessageRetentionPeriod: String(settings['message_retention_seconds'] ?? 345_600),
    ReceiveMessageWaitTimeSeconds: String(settings['receive_wait_time_seconds'] ?? 0),
    ...(settings['fifo'] === true && { FifoQueue: 'true', ContentBasedDeduplication: String(deduplicated) }),
  };
}

function tableBody(resource: Resource): Readonly<Record<string, unknown>> {
  const { settings } = resource;
  const range = textSetting(resource, 'range_key');
  const attributes = (settings['attributes'] ?? []) as readonly { readonly name: string; readonly type: string }[];
  return {
    TableName: nameOf(resource),
    AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: [
      { AttributeName: textSetting(resource, 'hash_key'), KeyType: 'HASH' },
      ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
    ],
    BillingMode: 'PAY_PER_REQUEST',
  };
}

/** One call of boto3, as [service, method, arguments]. */
type Call = readonly [string, string, Readonly<Record<string, unknown>>];

function calls(resource: Resource): readonly Call[] {
  const name = nameOf(resource);
  if (resource.type === 'bucket') return [['s3', 'create_bucket', { Bucket: bucketOf(resource) }]];
  if (resource.type === 'queue')
    return [['sqs', 'create_queue', { QueueName: name, Attributes: queueAttributes(resource) }]];
  if (resource.type === 'dynamodb') return [['dynamodb', 'create_table', tableBody(resource)]];
  const fifo = resource.settings['fifo'] === true ? { Attributes: { FifoTopic: 'true' } } : {};
  const subscribers = resource.settings['sqs_subscribers'];
  const arns = Array.isArray(subscribers) ? subscribers.filter((one): one is string => typeof one === 'string') : [];
  return [
    ['sns', 'create_topic', { Name: name, ...fifo }],
    ...arns.map((Endpoint): Call => ['sns', 'subscribe', { TopicArn: arn('sns', name), Protocol: 'sqs', Endpoint }]),
  ];
}

/**
 * The image has Python and boto3. Its state is memory: what the definition has is made at each start, before the pod is
 * ready, and then what services wrote into buckets and tables before is written again from moto's record of requests.
 * Messages are not: receiving one again cannot be replayed.
 */
const script = `
import json, os, time, urllib.request, boto3
base = "http://127.0.0.1:${containerPort}"
record = os.environ["MOTO_RECORDER_FILEPATH"]
def recorder(action):
    urllib.request.urlopen(urllib.request.Request(base + "/moto-api/recorder/" + action, method="POST"))
def writes(entry):
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    target = headers.get("x-amz-target", "")
    if target.startswith("DynamoDB"):
        return target.split(".")[-1].startswith(("Put", "Update", "Delete", "BatchWrite", "TransactWrite"))
    return "/s3/" in headers.get("authorization", "") and entry["method"] in ("PUT", "POST", "DELETE")
for _ in range(600):
    try:
        urllib.request.urlopen(base + "/moto-api/", timeout=2)
        break
    except OSError:
        time.sleep(0.1)
for service, method, arguments in json.load(open("/etc/opta/calls.json")):
    client = boto3.client(service, endpoint_url=base, region_name="${region}",
        aws_access_key_id="opta", aws_secret_access_key="opta")
    getattr(client, method)(**arguments)
if os.path.exists(record):
    kept = {}
    for line in open(record):
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # cut short by the end of the pod
        if writes(entry):
            # Of an object only the last writing matters.
            whole = entry["method"] in ("PUT", "DELETE") and "?" not in entry["url"]
            key = entry["url"] if whole else len(kept)
            kept.pop(key, None)
            kept[key] = line
    with open(record + ".part", "w") as file:
        file.writelines(kept.values())
    os.replace(record + ".part", record)
    recorder("replay-recording")
recorder("start-recording")
open("/tmp/made", "w").close()
`.trimStart();

/** Where its volume is. */
const dataFolder = '/data';

/** Queues before the topics that send to them. */
export function standIn(resources: readonly Resource[], options: ManifestOptions): Server {
  const order = ['bucket', 'queue', 'dynamodb', 'topic'];
  const sorted = [...resources].sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
  return {
    image: options.pins.images.moto.ref,
    port: containerPort,
    servicePort: 80,
    protocol: 'http',
    user: 1000,
    memoryMi: 256,
    dataFolder,
    variables: {
      MOTO_PORT: String(containerPort),
      MOTO_RECORDER_FILEPATH: `${dataFolder}/requests`,
      PYTHONDONTWRITEBYTECODE: '1',
      HOME: '/tmp',
    },
    secret: { 'calls.json': JSON.stringify(sorted.flatMap(calls)), 'make.py': script },
    files: ['calls.json', 'make.py'],
    args: ['-H', '0.0.0.0', '-p', String(containerPort)],
    lifecycle: { postStart: { exec: { command: ['python', '/etc/opta/make.py'] } } },
    ready: ['test', '-e', '/tmp/made'],
  };
}
