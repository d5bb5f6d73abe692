/** The stand-in of buckets and tables on kind, run here: what was written is there after its pod was made anew. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manifests } from '../../../src/platform/manifests.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { app, resource } from '../../support/app.ts';
import { find, options } from '../../support/manifests.ts';

const absent = spawnSync('python3', ['-c', 'import moto.server, boto3']).status !== 0;
if (absent) console.log('skipped: python3 has no moto[server] and boto3');

const folder = mkdtempSync(join(tmpdir(), 'opta-stand-in-'));
let server: ChildProcess | undefined;
afterAll(() => {
  server?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const attributes = [{ name: 'id', type: 'S' }];
const given = app({
  resources: [
    resource({ name: 'files', type: 'bucket', settings: { bucket_name: 'files' } }),
    resource({ name: 'table', type: 'dynamodb', settings: { hash_key: 'id', attributes } }),
    resource({ name: 'orders', type: 'queue' }),
  ],
});
const { data } = find(manifests(given, options()), 'Secret', 'opta-aws.server');
const text = (key: string) => Buffer.from(data[key], 'base64').toString();

/** Starts the server and what its pod runs after it, with their places moved into `folder`. */
async function start(port: number): Promise<void> {
  const env = { ...process.env, MOTO_RECORDER_FILEPATH: join(folder, 'data', 'requests') };
  server = spawn('python3', ['-m', 'moto.server', '-p', String(port)], { env, stdio: 'ignore' });
  const file = join(folder, 'make.py');
  const moved = text('make.py').replaceAll('/etc/opta', folder).replaceAll('/tmp/made', join(folder, 'made'));
  writeFileSync(file, moved.replaceAll(':5000', `:${port}`));
  writeFileSync(join(folder, 'calls.json'), text('calls.json'));
  python(readScript(file), env);
}

const readScript = (file: string) => `exec(open(${JSON.stringify(file)}).read())`;

function python(code: string, env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', code], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

test.skipIf(absent)('keeps objects and rows over a new start, and forgets messages', { timeout: 120_000 }, async () => {
  mkdirSync(join(folder, 'data'));
  const port = await nodeSystem().network.freePort();
  const client = (name: string) =>
    `boto3.client("${name}", endpoint_url="http://127.0.0.1:${port}", region_name="us-east-1", aws_access_key_id="opta", aws_secret_access_key="opta")`;
  await start(port);
  python(`
import boto3
s3, table, sqs = ${client('s3')}, ${client('dynamodb')}, ${client('sqs')}
for body in (b"one", b"two"): s3.put_object(Bucket="files", Key="a b/kept", Body=body)
s3.put_object(Bucket="files", Key="gone", Body=b"x")
s3.delete_object(Bucket="files", Key="gone")
table.put_item(TableName="shop-table", Item={"id": {"S": "1"}})
sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="shop-orders")["QueueUrl"], MessageBody="once")
`);
  server?.kill('SIGKILL');
  await start(port);
  const found = python(`
import boto3
s3, table, sqs = ${client('s3')}, ${client('dynamodb')}, ${client('sqs')}
print([one["Key"] for one in s3.list_objects_v2(Bucket="files")["Contents"]])
print(s3.get_object(Bucket="files", Key="a b/kept")["Body"].read().decode())
print(table.scan(TableName="shop-table")["Count"])
print(sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="shop-orders")["QueueUrl"]).get("Messages", []))
`);
  expect(found.split('\n')).toEqual(["['a b/kept']", 'two', '1', '[]']);
});
