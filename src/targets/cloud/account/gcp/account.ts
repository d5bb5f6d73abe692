/** A project of Google: who we are there, its zones, its quotas, its state bucket. */
import { UserError } from '../../../../errors.ts';
import type { QuotaNeed } from '../../quotas.ts';
import type { AccountOptions, CloudAccount, Identity, QuotaRoom } from '../account.ts';
import { zonesMissing } from '../differs.ts';
import { CloudRefused } from '../request.ts';
import { type GoogleCaller, googleCaller } from './call.ts';
import { type GoogleCredentials, googleCredentials } from './credentials.ts';
import { gcpInside } from './inside.ts';
import { gcpStateBucket } from './state-bucket.ts';

/** Of those that a promotion needs, the ones without which it would stop in the middle. */
const permissions = [
  'resourcemanager.projects.get',
  'serviceusage.services.enable',
  'compute.networks.create',
  'container.clusters.create',
  'cloudkms.keyRings.create',
  'storage.buckets.create',
  'iam.serviceAccounts.create',
];

export function gcpAccount(options: AccountOptions): CloudAccount {
  const credentials = googleCredentials(options);
  const google = googleCaller(options, credentials);
  return {
    identity: async () => identityOf(options, google, await whoOf(google, credentials)),
    zones: () => zonesOf(options, google),
    standing: async () => ({}),
    quotas: (needs) => quotasOf(options, google, needs),
    // The API of the cluster is reached by its name, with Google's own identity.
    callers: async () => [],
    administrators: async () => [],
    bucket: gcpStateBucket(options, google),
    inside: gcpInside(options, google, credentials),
  };
}

async function whoOf(google: GoogleCaller, credentials: GoogleCredentials): Promise<string> {
  const token = ((await credentials.headers())['authorization'] ?? '').replace(/^Bearer /, '');
  // In the body of the question, so that no log of addresses holds it.
  const body = new URLSearchParams({ access_token: token }).toString();
  const { email = 'an account without an address' } = await google.json<{ email?: string }>({
    ...{ service: 'oauth2', method: 'POST', path: '/tokeninfo', body },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return email;
}

interface Project {
  readonly projectId?: string;
  readonly state?: string;
}

async function identityOf({ environment }: AccountOptions, google: GoogleCaller, who: string): Promise<Identity> {
  const service = 'cloudresourcemanager';
  const at = `/v3/projects/${environment.account}`;
  const project = await google.json<Project>({ service, path: at }).catch((error: unknown) => {
    if (!(error instanceof CloudRefused) || ![403, 404].includes(error.status)) throw error;
    throw new UserError('account-differs', `${who} does not see the project ${environment.account}`, {
      hints: [
        `Log in as somebody of that project, or let ${who} in there.`,
        'Or see whether its Resource Manager API is off.',
      ],
      detail: [error.message],
      cause: error,
    });
  });
  if (project.state !== undefined && project.state !== 'ACTIVE') {
    throw new UserError('account-differs', `the project ${environment.account} is ${project.state}`, {
      hints: ['Restore it, or choose another project for the environment.'],
    });
  }
  const { permissions: held = [] } = await google.json<{ permissions?: readonly string[] }>({
    ...{ service, method: 'POST', path: `${at}:testIamPermissions`, body: { permissions } },
  });
  const lacking = permissions.filter((one) => !held.includes(one));
  if (lacking.length > 0) {
    throw new UserError('cloud-refused', `${who} may not do all that a promotion to ${environment.account} needs`, {
      hints: ['Whoever owns the project can grant roles/owner, or roles with these permissions.'],
      detail: lacking,
    });
  }
  return { account: project.projectId ?? environment.account, who };
}

/** True when the API is off, as in a new project: then the usual is assumed, and the promotion switches it on. */
export const isOff = (error: unknown): boolean =>
  error instanceof CloudRefused && ['SERVICE_DISABLED', 'accessNotConfigured'].includes(error.reason);

async function zonesOf({ environment }: AccountOptions, google: GoogleCaller): Promise<readonly string[]> {
  const { account, region } = environment;
  const filter = encodeURIComponent(`name:${region}-* AND status=UP`);
  const path = `/compute/v1/projects/${account}/zones?filter=${filter}`;
  const { items = [] } = await google
    .json<{ items?: readonly { name: string; region?: string; status?: string }[] }>({ service: 'compute', path })
    .catch((error: unknown) => {
      if (isOff(error)) return { items: undefined };
      throw error;
    });
  const zones = items
    .filter(({ name, status = 'UP' }) => name.startsWith(`${region}-`) && status === 'UP')
    .map(({ name }) => name)
    .sort();
  if (items.length > 0 && zones.length < 3) throw zonesMissing(region, zones);
  return zones.slice(0, 3);
}

interface Quotas {
  readonly quotas?: readonly { readonly metric: string; readonly limit: number; readonly usage: number }[];
}

/** Those of the region and those of the project. */
async function quotasOf(
  { environment }: AccountOptions,
  google: GoogleCaller,
  needs: readonly QuotaNeed[],
): Promise<readonly QuotaRoom[]> {
  const { account, region } = environment;
  const at = `/compute/v1/projects/${account}`;
  const asked = [at, `${at}/regions/${region}`].map((path) =>
    google.json<Quotas>({ service: 'compute', path }).catch((error: unknown): Quotas => {
      if (isOff(error)) return {};
      throw error;
    }),
  );
  const known = (await Promise.all(asked)).flatMap(({ quotas = [] }) => quotas);
  return needs.flatMap((need) => {
    const found = known.find(({ metric }) => metric === need.code);
    return found === undefined ? [] : [{ ...need, limit: found.limit, used: found.usage }];
  });
}
