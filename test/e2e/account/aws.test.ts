/** Our own calls to AWS, against moto: who we are, zones, quotas, what stands, the state bucket and its records. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../src/releases/store.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import type { AccountOptions, CloudAccount } from '../../../src/targets/cloud/account/account.ts';
import { awsAccount } from '../../../src/targets/cloud/account/aws/account.ts';
import { awsCaller, xmlText } from '../../../src/targets/cloud/account/aws/call.ts';
import { bucketRecords } from '../../../src/targets/cloud/account/objects.ts';
import { inProject } from '../../support/cli.ts';
import { doctor, found, heldState, projectIn } from '../../support/held-state.ts';
import { motoLacking, type StandIn, startMoto } from '../../support/stand-ins.ts';

const lacking = motoLacking();
if (lacking !== undefined) console.log(`skipped: ${lacking}`);

const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' });

describe.skipIf(lacking !== undefined)('an account of AWS', () => {
  let moto: StandIn;
  const options = (more: Partial<AccountOptions['environment']> = {}): AccountOptions => ({
    environment: {
      ...{ name: 'staging', organisation: 'acme', cloud: 'aws', region: 'us-east-1', account: '123456789012' },
      ...{ production: false, domain: undefined, delegated: false },
      ...more,
    },
    bucketName: 'opta-acme-staging-state-123456789012',
    env: { AWS_ENDPOINT_URL: moto.url },
    sleep: (ms, signal) => nodeSystem().clock.sleep(ms, signal),
    now: () => Date.now(),
    signal: new AbortController().signal,
    hide: () => {},
  });
  const account = (more: Partial<AccountOptions['environment']> = {}): CloudAccount =>
    awsAccount(options(more), credentials);

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  test('is the one of the credentials, or is refused by name', async () => {
    expect(await account().identity()).toMatchObject({ account: '123456789012' });
    await expect(account({ account: '999999999999' }).identity()).rejects.toMatchObject({ code: 'account-differs' });
  });

  test('lets a cluster know who promotes: a user as such, a session by its role with the path', async () => {
    const aws = awsCaller(options(), credentials);
    const iam = (fields: Readonly<Record<string, string>>) => aws.query('iam', '2010-05-08', fields);
    const trust = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
    await iam({
      ...{ Action: 'CreateRole', RoleName: 'AWSReservedSSO_Ops_1', Path: '/aws-reserved/sso.amazonaws.com/' },
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    });
    const RoleArn = 'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_1';
    const asked = { Action: 'AssumeRole', RoleArn, RoleSessionName: 'ada' };
    const session = await aws.query('sts', '2011-06-15', asked);
    const of = (name: string) => xmlText(session, name) ?? '';
    const keys = { accessKeyId: of('AccessKeyId'), secretAccessKey: of('SecretAccessKey') };
    const assumed = awsAccount(options(), async () => ({ ...keys, sessionToken: of('SessionToken') }));
    const identity = await assumed.identity();
    expect(identity.who).toBe('arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_1/ada');
    expect(await assumed.administrators(identity)).toEqual([RoleArn]);
    const administrators = (who: string) => account().administrators({ account: '123456789012', who });
    const ada = 'arn:aws:iam::123456789012:user/people/ada';
    expect(await administrators(ada)).toEqual([ada]);
    expect(await administrators('arn:aws:sts::123456789012:federated-user/bob')).toEqual([]);
  });

  test('has three zones by id, none in which EKS has no control plane', async () => {
    expect(await account().zones()).toEqual(['use1-az1', 'use1-az2', 'use1-az4']);
    await expect(account({ region: 'us-west-1' }).zones()).rejects.toMatchObject({ code: 'zones-missing' });
  });

  test('has the service-linked role of Auto Scaling once it was made', async () => {
    expect(await account().standing()).toEqual({});
    const aws = awsCaller(options(), credentials);
    await aws.query('iam', '2010-05-08', {
      Action: 'CreateServiceLinkedRole',
      AWSServiceName: 'autoscaling.amazonaws.com',
    });
    expect((await account().standing())['autoscaling-role']).toMatch(/AWSServiceRoleForAutoScaling$/);
  });

  test('tells how much of a quota is in use and allowed', async () => {
    const need = { quota: 'VPCs in the region', code: 'L-F678F1CE', service: 'vpc', adds: 1, usual: 5 };
    expect(await account().quotas([need])).toEqual([{ ...need, limit: 5, used: 1 }]);
  });

  test('gets a state bucket with versions, our key, no public access; a second making changes nothing', async () => {
    const { bucket } = account();
    expect(await bucket.isReady()).toBe(false);
    const said: string[] = [];
    await bucket.make((what) => said.push(what));
    await bucket.make(() => {});
    expect(await bucket.isReady()).toBe(true);
    expect(said.join(' ')).toContain('alias/opta-staging-state');
    const aws = awsCaller(options(), credentials);
    const shown = async (query: string) =>
      (await aws.call({ service: 's3', action: query, method: 'GET', path: `/${bucket.name}?${query}` })).text;
    expect(await shown('versioning=')).toContain('<Status>Enabled</Status>');
    expect(await shown('encryption=')).toMatch(/aws:kms.*arn:aws:kms:us-east-1:123456789012:key/s);
    expect((await shown('publicAccessBlock=')).match(/>true</gi)).toHaveLength(4);
    const rotation = await aws.json<{ KeyRotationEnabled: boolean }>('kms', 'TrentService.GetKeyRotationStatus', {
      KeyId: (
        await aws.json<{ KeyMetadata: { KeyId: string } }>('kms', 'TrentService.DescribeKey', {
          KeyId: 'alias/opta-staging-state',
        })
      ).KeyMetadata.KeyId,
    });
    expect(rotation.KeyRotationEnabled).toBe(true);
    const keys = await aws.json<{ Keys: unknown[] }>('kms', 'TrentService.ListKeys', {});
    expect(keys.Keys).toHaveLength(1);
  });

  test('keeps records, and nobody writes over what another has written', async () => {
    const { objects } = account().bucket;
    const store = openStore(bucketRecords(objects, 'records/'));
    expect(await store.promotions()).toEqual([]);
    const record = { id: '20261122-1', environment: 'staging', release: 'abc', alias: 'a-b', by: 'ada', begun: '' };
    const first = { ...record, phase: 'Running', applied: [], retained: {} } as const;
    await store.keepPromotion(first);
    const other = openStore(bucketRecords(objects, 'records/'));
    const [read] = await other.promotions();
    expect(read).toEqual(first);
    await other.keepPromotion({ ...first, phase: 'Errored' });
    await expect(store.keepPromotion({ ...first, phase: 'Succeeded' })).rejects.toMatchObject({
      code: 'record-changed',
    });
    const stranger = openStore(bucketRecords(objects, 'records/'));
    await expect(stranger.keepPromotion(first)).rejects.toMatchObject({ code: 'record-changed' });
  });

  test('shows who holds its stacks and what was cut off, and lets go of what nobody holds', {
    timeout: 300_000,
  }, async () => {
    await heldState(account().bucket.objects);
    const env = {
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
    };
    await inProject(projectIn("aws: {region: us-east-1, account_id: '123456789012'}"), async ({ opta }) => {
      expect(await doctor(opta, env)).toEqual(found);
      const unlocked = await opta(['state', 'unlock', 'staging'], { env });
      expect([unlocked.code, unlocked.stdout], unlocked.stderr).toEqual([1, expect.stringContaining('data: unlocked')]);
      expect(await doctor(opta, env)).toEqual(found.filter(([, kind]) => kind !== 'stale-lock'));
    });
  });
});
