/** The bucket of an environment's state on Google, and the key that it is encrypted with. Every call may be made again. */
import type { AccountOptions, StateBucket } from '../account.ts';
import { environmentTags, readyKey, readyText, takenBucket } from '../bucket-parts.ts';
import { CloudRefused } from '../request.ts';
import { enableServices } from './apis.ts';
import type { GoogleCaller } from './call.ts';
import { gcsObjects } from './objects.ts';

const exists = (error: unknown): boolean => error instanceof CloudRefused && error.status === 409;

/** Ninety days, in seconds. */
const rotation = 90 * 24 * 3600;

export function gcpStateBucket(options: AccountOptions, google: GoogleCaller): StateBucket {
  const { bucketName: name, environment } = options;
  const objects = gcsObjects(google, name);
  return {
    name,
    objects,
    async isReady() {
      try {
        return (await objects.get(readyKey)) !== undefined;
      } catch (error) {
        if (error instanceof CloudRefused && error.status === 403) throw takenBucket(name, error);
        throw error;
      }
    },
    async make(note) {
      note('APIs of storage and keys');
      await enableServices(options, google, ['cloudkms.googleapis.com', 'storage.googleapis.com']);
      note('key of the state');
      const key = await stateKey(options, google);
      note(`bucket ${name}`);
      await makeBucket(options, google, key);
      await objects.put(readyKey, readyText(environment), undefined);
    },
  };
}

async function stateKey({ environment, now }: AccountOptions, google: GoogleCaller): Promise<string> {
  const { account, region, name } = environment;
  const place = `projects/${account}/locations/${region}`;
  const ring = `opta-${name}-state`;
  const make = (path: string, body: unknown) =>
    google.json({ service: 'cloudkms', method: 'POST', path, body }).catch((error: unknown) => {
      if (!exists(error)) throw error;
    });
  await make(`/v1/${place}/keyRings?keyRingId=${ring}`, {});
  await make(`/v1/${place}/keyRings/${ring}/cryptoKeys?cryptoKeyId=state`, {
    purpose: 'ENCRYPT_DECRYPT',
    rotationPeriod: `${rotation}s`,
    nextRotationTime: new Date(now() + rotation * 1000).toISOString(),
    labels: labelsOf(environment),
  });
  const key = `${place}/keyRings/${ring}/cryptoKeys/state`;
  await admitStorage(environment.account, google, key);
  return key;
}

interface Policy {
  readonly version?: number;
  readonly etag?: string;
  readonly bindings?: readonly { readonly role: string; readonly members?: readonly string[] }[];
}

/** Cloud Storage encrypts in its own name: the key must let it. */
async function admitStorage(project: string, google: GoogleCaller, key: string): Promise<void> {
  const { email_address: email } = await google.json<{ email_address: string }>({
    service: 'storage',
    path: `/storage/v1/projects/${project}/serviceAccount`,
  });
  const role = 'roles/cloudkms.cryptoKeyEncrypterDecrypter';
  const member = `serviceAccount:${email}`;
  const policy = await google.json<Policy>({ service: 'cloudkms', path: `/v1/${key}:getIamPolicy` });
  const { bindings = [] } = policy;
  if (bindings.some((one) => one.role === role && one.members?.includes(member))) return;
  const body = { policy: { ...policy, bindings: [...bindings, { role, members: [member] }] } };
  await google.json({ service: 'cloudkms', method: 'POST', path: `/v1/${key}:setIamPolicy`, body });
}

/** Labels allow no colon. */
const labelsOf = (environment: AccountOptions['environment']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environmentTags(environment)).map(([key, value]) => [key.replace(':', '-'), value]),
  );

async function makeBucket(options: AccountOptions, google: GoogleCaller, key: string): Promise<void> {
  const { environment, bucketName: name } = options;
  const settings = {
    versioning: { enabled: true },
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
    encryption: { defaultKmsKeyName: key },
    labels: labelsOf(environment),
  };
  try {
    await google.json({
      ...{ service: 'storage', method: 'POST', path: `/storage/v1/b?project=${environment.account}` },
      body: { name, location: environment.region, ...settings },
    });
  } catch (error) {
    if (!exists(error)) throw error;
    // What another of our runs began is ours; what is somebody else's refuses this.
    await google
      .json({ service: 'storage', method: 'PATCH', path: `/storage/v1/b/${encodeURIComponent(name)}`, body: settings })
      .catch((cause: unknown) => {
        throw cause instanceof CloudRefused ? takenBucket(name, cause) : cause;
      });
  }
}
