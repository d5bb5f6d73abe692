/** Our own calls to Google: storage is fake-gcs-server, the other APIs a small server that answers as theirs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../src/releases/store.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import type { AccountOptions, CloudAccount } from '../../../src/targets/cloud/account/account.ts';
import { gcpAccount } from '../../../src/targets/cloud/account/gcp/account.ts';
import { bucketRecords } from '../../../src/targets/cloud/account/objects.ts';
import { inProject } from '../../support/cli.ts';
import { type GoogleStandIn, startGoogle } from '../../support/google.ts';
import { doctor, found, heldState, projectIn } from '../../support/held-state.ts';
import { fakeGcsLacking, type StandIn, startFakeGcs } from '../../support/stand-ins.ts';

const lacking = fakeGcsLacking();
if (lacking !== undefined) console.log(`skipped: ${lacking}`);

describe.skipIf(lacking !== undefined)('a project of Google', () => {
  let storage: StandIn;
  let google: GoogleStandIn;
  const account = (project = 'acme-shop-1'): CloudAccount => {
    const options: AccountOptions = {
      environment: {
        ...{ name: 'staging', organisation: 'acme', cloud: 'gcp', region: 'us-central1', account: project },
        ...{ production: false, domain: undefined, delegated: false },
      },
      bucketName: 'opta-acme-staging-state-acme-shop-1',
      env: { ...google.env, GOOGLE_OAUTH_ACCESS_TOKEN: 'ya29.token-of-ada' },
      // What Google takes a while for is there at once here.
      sleep: (ms, signal) => nodeSystem().clock.sleep(Math.min(ms, 50), signal),
      now: () => 1_800_000_000_000,
      signal: new AbortController().signal,
      hide: () => {},
    };
    return gcpAccount(options);
  };

  beforeAll(async () => {
    storage = await startFakeGcs();
    google = await startGoogle('acme-shop-1', storage.url);
  });
  afterAll(async () => {
    await google.stop();
    await storage.stop();
  });

  test('is one that the credentials see, with all permissions, or is refused by name', async () => {
    expect(await account().identity()).toEqual({ account: 'acme-shop-1', who: 'ada@example.com' });
    await expect(account('somebody-else').identity()).rejects.toMatchObject({ code: 'account-differs' });
    google.withhold('container.clusters.create');
    await expect(account().identity()).rejects.toMatchObject({
      code: 'cloud-refused',
      detail: ['container.clusters.create'],
    });
    google.withhold(undefined);
    expect(google.addresses.filter((address) => address.includes('ya29'))).toEqual([]);
  });

  test('has zones and quotas of its region', async () => {
    expect(await account().zones()).toEqual(['us-central1-a', 'us-central1-b', 'us-central1-c']);
    const need = { quota: 'networks', code: 'NETWORKS', service: 'compute', adds: 1, usual: 5 };
    const addresses = { ...need, quota: 'addresses', code: 'STATIC_ADDRESSES', adds: 2 };
    expect(await account().quotas([need, addresses])).toEqual([
      { ...need, limit: 5, used: 4 },
      { ...addresses, limit: 8, used: 7 },
    ]);
  });

  test('gets a state bucket with a key that storage may use; a second making changes nothing', async () => {
    const { bucket } = account();
    expect(await bucket.isReady()).toBe(false);
    await bucket.make(() => {});
    await bucket.make(() => {});
    expect(await bucket.isReady()).toBe(true);
    const key = 'projects/acme-shop-1/locations/us-central1/keyRings/opta-staging-state/cryptoKeys/state';
    expect(google.made.filter((name) => name === key)).toHaveLength(1);
    expect(google.policies.get(key)).toEqual([
      {
        role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
        members: ['serviceAccount:service-1@gs-project-accounts.iam.gserviceaccount.com'],
      },
    ]);
    expect(google.bucketsAsked[0]).toMatchObject({
      location: 'us-central1',
      versioning: { enabled: true },
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
      encryption: { defaultKmsKeyName: key },
    });
  });

  test('keeps records, and nobody writes over what another has written', async () => {
    const { objects } = account().bucket;
    const store = openStore(bucketRecords(objects, 'records/'));
    expect(await store.promotions()).toEqual([]);
    const record = { id: '20261122-1', environment: 'staging', release: 'abc', alias: 'a-b', by: 'ada', begun: '' };
    const first = { ...record, phase: 'Running', applied: [], retained: {} } as const;
    await store.keepPromotion(first);
    const other = openStore(bucketRecords(objects, 'records/'));
    expect(await other.promotions()).toEqual([first]);
    await other.keepPromotion({ ...first, phase: 'Errored' });
    await expect(store.keepPromotion({ ...first, phase: 'Succeeded' })).rejects.toMatchObject({
      code: 'record-changed',
    });
  });

  test('shows who holds its stacks and what was cut off, and lets go of what nobody holds', {
    timeout: 300_000,
  }, async () => {
    await heldState(account().bucket.objects);
    const env = { ...google.env, GOOGLE_OAUTH_ACCESS_TOKEN: 'ya29.token-of-ada' };
    await inProject(projectIn('google: {region: us-central1, project: acme-shop-1}'), async ({ opta }) => {
      expect(await doctor(opta, env)).toEqual(found);
      const unlocked = await opta(['state', 'unlock', 'staging'], { env });
      expect([unlocked.code, unlocked.stdout], unlocked.stderr).toEqual([1, expect.stringContaining('data: unlocked')]);
      expect(await doctor(opta, env)).toEqual(found.filter(([, kind]) => kind !== 'stale-lock'));
    });
  });
});
