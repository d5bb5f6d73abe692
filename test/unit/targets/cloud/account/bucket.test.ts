import { expect, test } from 'vitest';
import { bucketSettings } from '../../../../../src/targets/cloud/account/aws/state-bucket.ts';
import { bucketRecords, lateRecords, type ObjectDoor } from '../../../../../src/targets/cloud/account/objects.ts';
import { bucketSecrets } from '../../../../../src/targets/cloud/account/secrets.ts';
import type { CloudEnvironment } from '../../../../../src/targets/cloud/environment.ts';

const environment: CloudEnvironment = {
  ...{ name: 'staging', organisation: 'acme', cloud: 'aws', region: 'eu-west-1', account: '123456789012' },
  ...{ production: false, domain: undefined, delegated: false },
};

/** A bucket in memory: versions count up. */
function memoryObjects(): ObjectDoor & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  const versions = new Map<string, number>();
  return {
    kept,
    async get(key) {
      const text = kept.get(key);
      return text === undefined ? undefined : { text, version: String(versions.get(key)) };
    },
    async put(key, text, expected) {
      const now = versions.get(key);
      if (expected !== now?.toString()) return undefined;
      kept.set(key, text);
      versions.set(key, (now ?? 0) + 1);
      return String((now ?? 0) + 1);
    },
    list: async (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)).sort(),
    remove: async (key) => void kept.delete(key),
  };
}

test('the state bucket asks for TLS, in each partition', () => {
  const policyIn = (region: string) => {
    const options = { environment: { ...environment, region }, bucketName: 'state', env: {} };
    const [, , policy = ''] = bucketSettings(options, 'key').find(([action]) => action === 'PutBucketPolicy') ?? [];
    return JSON.parse(policy).Statement[0];
  };
  expect(policyIn('eu-west-1')).toMatchObject({
    Effect: 'Deny',
    Resource: ['arn:aws:s3:::state', 'arn:aws:s3:::state/*'],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  expect(policyIn('cn-north-1').Resource[0]).toBe('arn:aws-cn:s3:::state');
});

test('records of a look at an environment without a bucket go nowhere, and to the bucket once there is one', async () => {
  const objects = memoryObjects();
  const records = lateRecords();
  await records.write('releases/a.json', '{}');
  expect([await records.read('releases/a.json'), await records.list('releases/')]).toEqual(['{}', ['releases/a.json']]);
  expect(objects.kept.size).toBe(0);
  await records.moveTo(bucketRecords(objects, 'records/'));
  await records.write('promotions/b.json', '{}');
  expect([...objects.kept.keys()]).toEqual(['records/releases/a.json', 'records/promotions/b.json']);
});

test('secrets are made once, kept only when asked to, and never over those of another run', async () => {
  const objects = memoryObjects();
  const [one, other] = [bucketSecrets(objects), bucketSecrets(objects)];
  const made = await one.get('shop_db_password');
  expect(await one.get('shop_db_password')).toBe(made);
  expect(objects.kept.size).toBe(0);
  await other.get('shop_db_password');
  await one.keep();
  await one.keep();
  expect(await bucketSecrets(objects).get('shop_db_password')).toBe(made);
  await expect(other.keep()).rejects.toMatchObject({ code: 'record-changed' });
});
