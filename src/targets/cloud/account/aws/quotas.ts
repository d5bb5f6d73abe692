/** Quotas of AWS: what Service Quotas allows, and how much of it is in use. */
import type { QuotaNeed } from '../../quotas.ts';
import type { QuotaRoom } from '../account.ts';
import { CloudRefused } from '../request.ts';
import { type AwsCaller, xmlTexts } from './call.ts';

type Count = (aws: AwsCaller) => Promise<number>;

/** Pages of a query answer, counted by the elements of that name. */
async function counted(
  aws: AwsCaller,
  [service, version]: readonly [string, string],
  fields: Readonly<Record<string, string>>,
  element: string,
  pages: { readonly token: string; readonly next: string },
  isOne: (page: string) => number = (page) => xmlTexts(page, element).length,
): Promise<number> {
  let total = 0;
  let token = '';
  do {
    const page = await aws.query(service, version, { ...fields, ...(token !== '' && { [pages.token]: token }) });
    total += isOne(page);
    token = xmlTexts(page, pages.next)[0] ?? '';
  } while (token !== '');
  return total;
}

const ofEc2 =
  (Action: string, element: string): Count =>
  (aws) =>
    counted(aws, ['ec2', '2016-11-15'], { Action }, element, { token: 'NextToken', next: 'nextToken' });

const marker = { token: 'Marker', next: 'Marker' };

/** How each is counted, by the code of its quota. */
const counts: Readonly<Record<string, Count>> = {
  'L-0263D0A3': ofEc2('DescribeAddresses', 'publicIp'),
  // An answer names the VPC of nothing else.
  'L-F678F1CE': ofEc2('DescribeVpcs', 'isDefault'),
  'L-A4707A72': ofEc2('DescribeInternetGateways', 'internetGatewayId'),
  'L-1194D53C': async (aws) => {
    const { text } = await aws.call({ service: 'eks', action: 'ListClusters', method: 'GET', path: '/clusters' });
    return (JSON.parse(text) as { clusters?: readonly string[] }).clusters?.length ?? 0;
  },
  'L-7B6409FD': (aws) =>
    counted(aws, ['rds', '2014-10-31'], { Action: 'DescribeDBInstances' }, 'DBInstanceArn', marker),
  'L-69A177A2': (aws) =>
    counted(
      aws,
      ['elasticloadbalancing', '2015-12-01'],
      { Action: 'DescribeLoadBalancers' },
      'Type',
      { token: 'Marker', next: 'NextMarker' },
      (page) => xmlTexts(page, 'Type').filter((type) => type === 'network').length,
    ),
};

interface Quota {
  readonly Quota: { readonly Value: number };
}

/** What the account was granted; else what everybody has; undefined where AWS tells neither. */
async function limitOf(aws: AwsCaller, { service, code }: QuotaNeed): Promise<number | undefined> {
  const asked = { ServiceCode: service, QuotaCode: code };
  for (const action of ['GetServiceQuota', 'GetAWSDefaultServiceQuota']) {
    try {
      const { Quota: quota } = await aws.json<Quota>('servicequotas', `ServiceQuotasV20190624.${action}`, asked);
      return quota.Value;
    } catch (error) {
      // Not every quota is known in every region, and not everyone may ask: the step says how many could be asked.
      if (!(error instanceof CloudRefused) || error.code === 'credentials-refused') throw error;
    }
  }
  return undefined;
}

export async function awsQuotas(aws: AwsCaller, needs: readonly QuotaNeed[]): Promise<readonly QuotaRoom[]> {
  const all = await Promise.all(
    needs.map(async (need): Promise<QuotaRoom[]> => {
      const count = counts[need.code];
      if (count === undefined) return [];
      const [limit, used] = await Promise.all([limitOf(aws, need), count(aws)]);
      return limit === undefined ? [] : [{ ...need, limit, used }];
    }),
  );
  return all.flat();
}
