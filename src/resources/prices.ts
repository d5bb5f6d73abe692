/** What things in a cloud cost, as far as a dated source says so. No figure here is a guess: what has none is unknown. */

export interface Price {
  readonly provider: 'aws' | 'gcp';
  /** The name of the thing where it is bought: an instance type, a class, or what stands for a flat fee. */
  readonly item: string;
  readonly region: string;
  /** US dollars a month of 730 hours, one piece, on demand, without storage and traffic. */
  readonly usdMonth: number;
  readonly source: string;
  /** Year and month in which the source says that the figure holds. */
  readonly dated: string;
}

/** Hours of a month, as the clouds themselves reckon. */
const hours = 730;

const monthly = (usdHour: number): number => Math.round(usdHour * hours * 100) / 100;

const virginia = { provider: 'aws', region: 'us-east-1' } as const;
const iowa = { provider: 'gcp', region: 'us-central1' } as const;

const ec2 = 'https://aws.amazon.com/ec2/pricing/on-demand/';
const rds = 'https://infratally.com/articles/aws-rds-pricing-explained-2026.html';

export const prices: readonly Price[] = [
  { ...virginia, item: 'eks-cluster', usdMonth: 73, source: 'https://aws.amazon.com/eks/pricing/', dated: '2026-03' },
  {
    ...virginia,
    item: 'nat-gateway',
    usdMonth: monthly(0.045),
    source: 'https://aws.amazon.com/vpc/pricing/',
    dated: '2026-03',
  },
  { ...virginia, item: 't3.medium', usdMonth: monthly(0.0416), source: ec2, dated: '2026-04' },
  { ...virginia, item: 't3.large', usdMonth: monthly(0.0832), source: ec2, dated: '2026-04' },
  {
    ...virginia,
    item: 'm6i.xlarge',
    usdMonth: 140.16,
    source: 'https://c3x.dev/blog/m5-vs-m6i-vs-m7i-cost-performance',
    dated: '2026-06',
  },
  { ...virginia, item: 'db.t4g.micro', usdMonth: monthly(0.016), source: rds, dated: '2026-05' },
  { ...virginia, item: 'db.t4g.small', usdMonth: monthly(0.032), source: rds, dated: '2026-05' },
  { ...virginia, item: 'db.t4g.medium', usdMonth: monthly(0.065), source: rds, dated: '2026-05' },
  {
    ...iowa,
    item: 'gke-cluster',
    usdMonth: 73,
    source: 'https://cloud.google.com/kubernetes-engine/pricing',
    dated: '2026-05',
  },
  {
    ...iowa,
    item: 'db-custom-2-7680',
    // 2 × $0.0413 a vCPU and hour, 7.5 × $0.007 a GB and hour.
    usdMonth: monthly(2 * 0.0413 + 7.5 * 0.007),
    source: 'https://cloud.google.com/sql/pricing',
    dated: '2026-05',
  },
  {
    ...iowa,
    item: 'db-custom-4-15360',
    usdMonth: monthly(4 * 0.0413 + 15 * 0.007),
    source: 'https://cloud.google.com/sql/pricing',
    dated: '2026-05',
  },
];

/** The price in that region, or undefined: prices of other regions differ, so none stands in for another. */
export function priceOf(provider: Price['provider'], item: string, region: string): Price | undefined {
  return prices.find((price) => price.provider === provider && price.item === item && price.region === region);
}

export interface Estimate {
  /** US dollars a month of what is known. */
  readonly usdMonth: number;
  /** Items without a figure; with any of them the sum is a part, never the whole. */
  readonly unknown: readonly string[];
  /** The oldest date among the figures; absent without any. */
  readonly dated?: string;
}

/** Adds up pieces of a region. */
export function estimate(
  provider: Price['provider'],
  region: string,
  pieces: readonly { readonly item: string; readonly count: number }[],
): Estimate {
  const found = pieces.map(({ item, count }) => ({ item, count, price: priceOf(provider, item, region) }));
  const known = found.flatMap(({ count, price }) => (price === undefined ? [] : [{ count, price }]));
  const [dated] = known.map(({ price }) => price.dated).sort();
  return {
    usdMonth: Math.round(known.reduce((sum, { count, price }) => sum + count * price.usdMonth, 0) * 100) / 100,
    unknown: found.flatMap(({ item, price }) => (price === undefined ? [item] : [])),
    ...(dated === undefined ? {} : { dated }),
  };
}

/** `about $156 a month`, `at least $73 a month (n2-standard-4 unknown)`, `cost unknown`. */
export function estimateText({ usdMonth, unknown }: Estimate): string {
  if (usdMonth === 0) return 'cost unknown';
  const sum = `$${Math.round(usdMonth)} a month`;
  return unknown.length === 0 ? `about ${sum}` : `at least ${sum} (unknown: ${unknown.join(', ')})`;
}
