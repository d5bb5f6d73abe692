/** What an environment costs a month, from its planned resources and the dated table of prices; unknown is said as unknown. */
import { type Estimate, estimate, missingText, type Piece, sumText } from '../../resources/prices.ts';
import type { CloudEnvironment } from './environment.ts';
import { isFree } from './free.ts';
import type { Change } from './operation.ts';

export interface CostReview {
  /** Of what stands now. */
  readonly before: Estimate;
  readonly after: Estimate;
  /** US dollars a month, of what has a price: with `deltaUnknown` a part, never the whole. */
  readonly delta: number;
  /** Items without a price of which there will be more, or fewer. */
  readonly deltaUnknown: { readonly more: readonly string[]; readonly fewer: readonly string[] };
  readonly pieces: readonly Piece[];
  /** What costs by its use, or has no way to be reckoned, as `s3 Bucket`: none of it is in the sums. */
  readonly notPriced: readonly string[];
}

type Inputs = Readonly<Record<string, unknown>>;
type Reckon = (inputs: Inputs) => readonly Piece[];

const one = (item: string, count = 1): readonly Piece[] => [{ item, count }];
const textAt = (inputs: Inputs, key: string, otherwise: string): string => {
  const value = inputs[key];
  if (Array.isArray(value)) return String(value[0] ?? otherwise);
  return typeof value === 'string' && value !== '' ? value : otherwise;
};
const numberAt = (value: unknown, otherwise: number): number => {
  const number = Number(value ?? otherwise);
  return Number.isFinite(number) ? number : otherwise;
};
const inside = (inputs: Inputs, key: string): Inputs => {
  const value = inputs[key];
  return (Array.isArray(value) ? (value[0] ?? {}) : (value ?? {})) as Inputs;
};

/** One price for up to five of a project. */
const globalRules = 'global-load-balancer-rules';

/** Types that cost by being there. Storage and traffic are not reckoned: they depend on use. */
const reckoned: Readonly<Record<string, Reckon>> = {
  'aws:eks/cluster:Cluster': () => one('eks-cluster'),
  'aws:eks/nodeGroup:NodeGroup': (inputs) => {
    const spot = inputs['capacityType'] === 'SPOT' ? ' (spot)' : '';
    const scaling = inside(inputs, 'scalingConfig');
    const count = numberAt(scaling['desiredSize'] ?? scaling['minSize'], 1);
    return one(`${textAt(inputs, 'instanceTypes', 't3.medium')}${spot}`, count);
  },
  'aws:ec2/natGateway:NatGateway': () => one('nat-gateway'),
  'aws:ec2/eip:Eip': () => one('public-ipv4'),
  'aws:ec2/vpcEndpoint:VpcEndpoint': (inputs) => {
    if (inputs['vpcEndpointType'] !== 'Interface') return [];
    return one('interface-endpoint', Array.isArray(inputs['subnetIds']) ? inputs['subnetIds'].length : 1);
  },
  'aws:lb/loadBalancer:LoadBalancer': () => one('nlb'),
  'aws:rds/instance:Instance': (inputs) => {
    // A class costs by its engine.
    const bought = `${textAt(inputs, 'engine', 'engine')} ${textAt(inputs, 'instanceClass', 'db')}`;
    return one(bought, inputs['multiAz'] === true ? 2 : 1);
  },
  'aws:docdb/clusterInstance:ClusterInstance': (inputs) => one(`docdb ${textAt(inputs, 'instanceClass', 'db')}`),
  'aws:elasticache/replicationGroup:ReplicationGroup': (inputs) => {
    return one(textAt(inputs, 'nodeType', 'cache'), numberAt(inputs['numCacheClusters'], 1));
  },
  'aws:kms/key:Key': () => one('kms-key'),
  'aws:route53/zone:Zone': () => one('dns-zone'),
  'aws:secretsmanager/secret:Secret': () => one('secret'),
  'gcp:container/cluster:Cluster': () => one('gke-cluster'),
  'gcp:container/nodePool:NodePool': (inputs) => {
    const config = inside(inputs, 'nodeConfig');
    const zones = Array.isArray(inputs['nodeLocations']) ? inputs['nodeLocations'].length : 3;
    const scaling = inside(inputs, 'autoscaling');
    const count = numberAt(
      scaling['totalMinNodeCount'],
      numberAt(scaling['minNodeCount'] ?? inputs['nodeCount'], 1) * zones,
    );
    const spot = config['spot'] === true || config['preemptible'] === true ? ' (spot)' : '';
    return one(`${textAt(config, 'machineType', 'machine')}${spot}`, count);
  },
  'gcp:compute/routerNat:RouterNat': () => one('cloud-nat'),
  'gcp:compute/address:Address': (inputs) => (inputs['addressType'] === 'INTERNAL' ? [] : one('public-ipv4')),
  'gcp:compute/globalAddress:GlobalAddress': (inputs) =>
    inputs['purpose'] === undefined && inputs['addressType'] !== 'INTERNAL' ? one('public-ipv4') : [],
  'gcp:compute/forwardingRule:ForwardingRule': () => one('private-service-connect'),
  'gcp:compute/globalForwardingRule:GlobalForwardingRule': () => one(globalRules),
  'gcp:sql/databaseInstance:DatabaseInstance': (inputs) => {
    const settings = inside(inputs, 'settings');
    return one(textAt(settings, 'tier', 'db'), settings['availabilityType'] === 'REGIONAL' ? 2 : 1);
  },
  'gcp:redis/instance:Instance': (inputs) =>
    one(`redis ${textAt(inputs, 'tier', 'BASIC')} ${inputs['memorySizeGb'] ?? '?'} GB`),
  'gcp:kms/cryptoKey:CryptoKey': () => one('kms-key'),
  'gcp:dns/managedZone:ManagedZone': () => one('dns-zone'),
  'mongodbatlas:index/advancedCluster:AdvancedCluster': () => one('atlas cluster'),
};

function summed(pieces: readonly Piece[]): readonly Piece[] {
  const counts = new Map<string, number>();
  for (const { item, count } of pieces) counts.set(item, (counts.get(item) ?? 0) + count);
  return [...counts].map(([item, count]) => ({ item, count: item === globalRules ? Math.ceil(count / 5) : count }));
}

function piecesOf(changes: readonly Change[], side: 'before' | 'after'): readonly Piece[] {
  return summed(
    changes.flatMap(({ type, kind, inputs, before }) => {
      const reckon = reckoned[type];
      const there = side === 'before' ? kind !== 'create' && kind !== 'import' : kind !== 'delete';
      if (reckon === undefined || !there) return [];
      return reckon(side === 'before' ? (before ?? inputs) : inputs);
    }),
  );
}

/** `aws:s3/bucket:Bucket` is `s3 Bucket`. */
const shortOf = (type: string): string => type.replace(/^\w+:(\w+)[/\w]*:/, '$1 ');

/** Never left out silently: what is neither reckoned nor free. */
function notPricedOf(changes: readonly Change[]): readonly string[] {
  const stays = changes.filter(({ type, kind }) => kind !== 'delete' && reckoned[type] === undefined && !isFree(type));
  return [...new Set(stays.map(({ type }) => shortOf(type)))].sort();
}

/** `at least $313 a month; not priced: nlb, s3 Bucket, sqs Queue`. */
export const costText = ({ after, notPriced }: Pick<CostReview, 'after' | 'notPriced'>): string =>
  `${sumText(after)}${missingText(after, notPriced)}`;

const money = (usd: number): string => `${usd < 0 ? '-' : '+'}$${Math.abs(Math.round(usd))}`;

/**
 * What a promotion changes: `+$12 a month`, `at least +$313 a month`, `unknown`, or `unchanged`. A sum that leaves out what has
 * no price is never called the whole.
 */
export function deltaText({
  delta,
  deltaUnknown: { more, fewer },
}: Pick<CostReview, 'delta' | 'deltaUnknown'>): string {
  if (more.length === 0 && fewer.length === 0) return Math.round(delta) === 0 ? 'unchanged' : `${money(delta)} a month`;
  return fewer.length === 0 && Math.round(delta) > 0 ? `at least ${money(delta)} a month` : 'unknown';
}

/** Pure. The figures leave out storage and traffic. */
export function reviewCost(
  { cloud, region }: Pick<CloudEnvironment, 'cloud' | 'region'>,
  changes: readonly Change[],
): CostReview {
  const pieces = piecesOf(changes, 'after');
  const earlier = piecesOf(changes, 'before');
  const before = estimate(cloud, region, earlier);
  const after = estimate(cloud, region, pieces);
  return {
    before,
    after,
    delta: Math.round((after.usdMonth - before.usdMonth) * 100) / 100,
    deltaUnknown: { more: unpricedMore(after, pieces, earlier), fewer: unpricedMore(before, earlier, pieces) },
    pieces,
    notPriced: notPricedOf(changes),
  };
}

/** Items without a price of which `these` has more than `those`. */
function unpricedMore({ unknown }: Estimate, these: readonly Piece[], those: readonly Piece[]): readonly string[] {
  const counts = new Map(those.map(({ item, count }) => [item, count]));
  const more = these.filter(({ item, count }) => count > (counts.get(item) ?? 0));
  return more.map(({ item }) => item).filter((item) => unknown.includes(item));
}
