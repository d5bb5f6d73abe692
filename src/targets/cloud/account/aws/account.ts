/** An account of AWS: who we are there, its zones, what it has once, its quotas, its state bucket. */
import type { AccountOptions, CloudAccount, Identity } from '../account.ts';
import { accountDiffers, zonesMissing } from '../differs.ts';
import { isRefused, send } from '../request.ts';
import { type AwsCaller, awsCaller, xmlText, xmlTexts } from './call.ts';
import { awsCredentials } from './credentials.ts';
import { awsInside } from './inside.ts';
import { awsQuotas } from './quotas.ts';
import { awsStateBucket } from './state-bucket.ts';

/** Zones in which EKS has no control plane (EKS user guide, requirements of subnets, read 2026-11). */
const withoutEks = new Set(['use1-az3', 'usw1-az2', 'cac1-az3']);

export const ec2 = (aws: AwsCaller, Action: string, fields: Readonly<Record<string, string>> = {}): Promise<string> =>
  aws.query('ec2', '2016-11-15', { Action, ...fields });

/** `credentials`: of the usual chain. */
export function awsAccount(options: AccountOptions, credentials = awsCredentials(options)): CloudAccount {
  const aws = awsCaller(options, credentials);
  return {
    identity: () => identityOf(options, aws),
    zones: () => zonesOf(options, aws),
    standing: () => standingOf(aws),
    quotas: (needs) => awsQuotas(aws, needs),
    callers: () => callersOf(options),
    administrators: ({ who }) => administratorsOf(aws, who),
    bucket: awsStateBucket(options, aws),
    inside: awsInside({ options, aws, credentials }),
  };
}

async function identityOf({ environment }: AccountOptions, aws: AwsCaller): Promise<Identity> {
  const answer = await aws.query('sts', '2011-06-15', { Action: 'GetCallerIdentity' });
  const identity = { account: xmlText(answer, 'Account') ?? '', who: xmlText(answer, 'Arn') ?? '' };
  if (identity.account !== environment.account) {
    throw accountDiffers(environment, identity, [
      'Choose the profile of that account with AWS_PROFILE, or log in there.',
    ]);
  }
  return identity;
}

async function zonesOf({ environment }: AccountOptions, aws: AwsCaller): Promise<readonly string[]> {
  const answer = await ec2(aws, 'DescribeAvailabilityZones', {
    'Filter.1.Name': 'zone-type',
    'Filter.1.Value.1': 'availability-zone',
    'Filter.2.Name': 'opt-in-status',
    'Filter.2.Value.1': 'opt-in-not-required',
    'Filter.3.Name': 'state',
    'Filter.3.Value.1': 'available',
  });
  const found = xmlTexts(answer, 'zoneId').filter((zone) => !withoutEks.has(zone));
  const zones = [...new Set(found)].sort().slice(0, 3);
  if (zones.length === 3) return zones;
  throw zonesMissing(environment.region, zones);
}

/** The role by which Auto Scaling starts machines: an account has it once, and nobody can make it twice. */
async function standingOf(aws: AwsCaller): Promise<Readonly<Record<string, string>>> {
  try {
    const answer = await aws.query('iam', '2010-05-08', {
      Action: 'GetRole',
      RoleName: 'AWSServiceRoleForAutoScaling',
    });
    const arn = xmlText(answer, 'Arn');
    return arn === undefined ? {} : { 'autoscaling-role': arn };
  } catch (error) {
    if (isRefused(error, 'NoSuchEntity')) return {};
    throw error;
  }
}

/** The address that AWS sees us from: the API of the cluster is open to it. `OPTA_CALLERS` says others, such as an office's. */
async function callersOf({ env, ...options }: AccountOptions): Promise<readonly string[]> {
  const written = env['OPTA_CALLERS'];
  if (written !== undefined) return written.split(/[\s,]+/).filter(Boolean);
  const { text } = await send(async () => new Request('https://checkip.amazonaws.com/'), options);
  return /^\d+\.\d+\.\d+\.\d+$/.test(text.trim()) ? [`${text.trim()}/32`] : [];
}

/**
 * EKS lets in users and roles, never one session of a role. A session's name leaves out the path of its role, such as
 * that of every role of the IAM Identity Center, so IAM is asked. None for a federated user, which EKS lets in nowhere.
 */
async function administratorsOf(aws: AwsCaller, who: string): Promise<readonly string[]> {
  const role = /^arn:[\w-]+:sts::\d+:assumed-role\/([^/]+)\//.exec(who)?.[1];
  if (role === undefined) return /^arn:[\w-]+:iam::\d+:(user\/|root$)/.test(who) ? [who] : [];
  const answer = await aws.query('iam', '2010-05-08', { Action: 'GetRole', RoleName: role });
  const arn = xmlText(answer, 'Arn');
  return arn === undefined ? [] : [arn];
}
