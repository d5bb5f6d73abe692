/** What a change of a plan may do to people: the risk of each, worst first, and which changes need a waiver. */
import { UserError } from '../../errors.ts';
import { isInTheWay } from './guards.ts';
import type { Change } from './operation.ts';

/** data: something stateful goes. outage: what serves is replaced or goes. security: who may do what changes. */
const risks = ['data', 'outage', 'security', 'change', 'add', 'none'] as const;
export type Risk = (typeof risks)[number];

export const riskTitles: Readonly<Record<Risk, string>> = {
  data: 'DATA LOSS',
  outage: 'outage',
  security: 'security',
  change: 'change',
  add: 'new',
  none: 'same',
};

/** Types whose loss loses data, fixed addresses or names that others rely on. By the token's module and type. */
const stateful = new Set([
  'aws:rds/instance:Instance',
  'aws:docdb/cluster:Cluster',
  'aws:elasticache/replicationGroup:ReplicationGroup',
  'aws:s3/bucket:Bucket',
  'aws:s3/bucketV2:BucketV2',
  'aws:dynamodb/table:Table',
  'aws:sqs/queue:Queue',
  'aws:kms/key:Key',
  'aws:ec2/eip:Eip',
  'aws:route53/zone:Zone',
  'aws:ecr/repository:Repository',
  'aws:secretsmanager/secret:Secret',
  'aws:ec2/vpc:Vpc',
  'aws:eks/cluster:Cluster',
  'gcp:sql/databaseInstance:DatabaseInstance',
  'gcp:sql/database:Database',
  'gcp:redis/instance:Instance',
  'gcp:storage/bucket:Bucket',
  'gcp:kms/cryptoKey:CryptoKey',
  'gcp:kms/keyRing:KeyRing',
  'gcp:dns/managedZone:ManagedZone',
  'gcp:compute/address:Address',
  'gcp:compute/globalAddress:GlobalAddress',
  'gcp:artifactregistry/repository:Repository',
  'gcp:pubsub/topic:Topic',
  'gcp:pubsub/subscription:Subscription',
  'gcp:secretmanager/secret:Secret',
  'gcp:compute/network:Network',
  'gcp:container/cluster:Cluster',
  'mongodbatlas:index/advancedCluster:AdvancedCluster',
]);

const isStateful = ({ type }: Pick<Change, 'type'>): boolean => stateful.has(type);

const security = /(iam|policy|security|firewall|kms|acl|accessEntry|publicAccessBlock|IAM|podIdentity|serviceaccount)/;

function riskOf(change: Change): Risk {
  const { kind, type } = change;
  if (kind === 'same' || kind === 'read' || kind === 'refresh') return 'none';
  if (kind === 'delete' || kind === 'replace') {
    if (isStateful(change)) return 'data';
    return security.test(type) ? 'security' : 'outage';
  }
  if (kind === 'update') return security.test(type) ? 'security' : 'change';
  return kind === 'import' ? 'change' : 'add';
}

export interface Reviewed extends Change {
  readonly risk: Risk;
}

/** All changes of some stacks, worst first, in stack order within a risk. */
export function reviewed(changes: readonly Change[]): readonly Reviewed[] {
  const all = changes.map((change): Reviewed => ({ ...change, risk: riskOf(change) }));
  return all.sort((a, b) => risks.indexOf(a.risk) - risks.indexOf(b.risk));
}

const isWaived = ({ name, urn }: Change, waivers: readonly string[]): boolean =>
  waivers.some((one) => one === name || one === urn);

/** Whether a person must name it first: something stateful or protected is replaced or goes. */
export const needsWaiver = (change: Change): boolean =>
  (change.kind === 'delete' || change.kind === 'replace') && (change.protect || isStateful(change));

/** What is kept although another takes its place, or the definition has it no more: nobody speaks of it again. */
export const staying = (changes: readonly Change[]): readonly Change[] =>
  changes.filter(
    (one) => needsWaiver(one) && one.retainOnDelete && !isInTheWay(one.type, one.before ?? {}, one.inputs),
  );

/** Throws UserError `needs-waiver` for each loss of something stateful or protected that no `--waive` names. */
export function demandWaivers(changes: readonly Change[], waivers: readonly string[]): void {
  const unwaived = changes.filter((one) => needsWaiver(one) && !isWaived(one, waivers));
  if (unwaived.length === 0) return;
  throw new UserError(
    'needs-waiver',
    `the plan would ${unwaived.map(({ kind, name }) => `${kind} ${name}`).join(', ')}: data, fixed addresses or what is protected would be lost`,
    {
      hints: [
        `When that is what you want, name each: ${[...waivers, ...unwaived.map(({ name }) => name)].map((name) => `--waive ${name}`).join(' ')}.`,
        'Else see which field forces it, and take that change back.',
      ],
      detail: unwaived.map(({ stack, type, name, replaceKeys }) =>
        [stack, type, name, ...(replaceKeys.length > 0 ? [`because of ${replaceKeys.join(', ')}`] : [])].join(' '),
      ),
    },
  );
}
