/** Lists of prices as their sources give them, each with its date. Data only; spot prices are in none, they move by the day. */

export interface PriceList {
  readonly source: string;
  /** Year and month in which the source says, or at the earliest can say, that the figures hold. */
  readonly dated: string;
  /** What each column is the price of. */
  readonly items: readonly string[];
  /** US dollars an hour and piece, by region; `everywhere` for a fee that is the same in all of them. */
  readonly usdHour: Readonly<Record<string, readonly number[]>>;
}

export const everywhere = '*';

/** Hours of a month, as the clouds themselves reckon. */
export const monthHours = 730;

const aMonth = (usd: number): readonly number[] => [usd / monthHours];

const ec2Items = ['t3.medium', 't3.large', 'm6i.large', 'm6i.xlarge'];
/** Engine and class: the engines of one class differ in price. One instance; a standby is a second. */
const rdsItems = [
  'postgres db.t3.medium',
  'mysql db.t3.medium',
  'postgres db.t4g.small',
  'mysql db.t4g.small',
  'postgres db.t4g.medium',
  'mysql db.t4g.medium',
  'postgres db.m6g.large',
  'mysql db.m6g.large',
];

const aws: readonly PriceList[] = [
  {
    source: 'https://aws.amazon.com/eks/pricing/',
    dated: '2026-03',
    items: ['eks-cluster'],
    usdHour: { [everywhere]: [0.1] },
  },
  {
    source: 'https://cloudburn.io/blog/aws-kms-pricing',
    dated: '2026-03',
    items: ['kms-key'],
    usdHour: { [everywhere]: aMonth(1) },
  },
  {
    source: 'https://cloudburn.io/blog/aws-nat-gateway-pricing',
    dated: '2026-02',
    items: ['public-ipv4'],
    usdHour: { [everywhere]: [0.005] },
  },
  {
    source: 'https://aws.amazon.com/vpc/pricing/',
    dated: '2026-03',
    items: ['nat-gateway'],
    usdHour: { 'us-east-1': [0.045] },
  },
  {
    source: 'https://cloudburn.io/blog/aws-nat-gateway-pricing',
    dated: '2026-02',
    items: ['nat-gateway'],
    usdHour: { 'us-east-2': [0.045] },
  },
  {
    source: 'https://clustercost.com/blog/network-load-balancer-pricing-2025',
    dated: '2025-01',
    items: ['nlb'],
    usdHour: { 'us-east-1': [0.0225] },
  },
  {
    source: 'https://www.factualminds.com/blog/amazon-vpc-pricing-endpoints-peering-transit-gateway/',
    dated: '2026-06',
    items: ['interface-endpoint'],
    usdHour: { 'us-east-1': [0.01] },
  },
  {
    // Made from Amazon's list of prices on 2026-07-20.
    source:
      'https://github.com/aws/karpenter-provider-aws/blob/6fc13b5236fd04fd16ff3f9dc7490d0813994099/pkg/providers/pricing/zz_generated.pricing_aws.go',
    dated: '2026-07',
    items: ec2Items,
    usdHour: { 'us-east-1': [0.0416, 0.0832, 0.096, 0.192] },
  },
  {
    // Made from Amazon's list of prices; schema 8 of the catalog is of November 2025. A family costs by its size: what is here
    // of t3 are shares of its 2xlarge, and the xlarge of m6i is two large.
    source:
      'https://github.com/skypilot-org/skypilot-catalog/blob/00148f2af3672e2229b4f7bf8157d5a3f36e3c35/catalogs/v8/aws/vms.csv',
    dated: '2025-11',
    items: ec2Items,
    usdHour: {
      'us-east-2': [0.0416, 0.0832, 0.096, 0.192],
      'us-west-1': [0.0496, 0.0992, 0.112, 0.224],
      'us-west-2': [0.0416, 0.0832, 0.096, 0.192],
      'ca-central-1': [0.0464, 0.0928, 0.107, 0.214],
      'eu-west-1': [0.0456, 0.0912, 0.107, 0.214],
      'eu-west-2': [0.0472, 0.0944, 0.111, 0.222],
      'eu-west-3': [0.0472, 0.0944, 0.112, 0.224],
      'eu-central-1': [0.048, 0.096, 0.115, 0.23],
      'eu-north-1': [0.0432, 0.0864, 0.102, 0.204],
      'ap-south-1': [0.0448, 0.0896, 0.101, 0.202],
      'ap-southeast-1': [0.0528, 0.1056, 0.12, 0.24],
      'ap-southeast-2': [0.0528, 0.1056, 0.12, 0.24],
      'ap-northeast-1': [0.0544, 0.1088, 0.124, 0.248],
      'ap-northeast-2': [0.052, 0.104, 0.118, 0.236],
    },
  },
  {
    source: 'https://infratally.com/articles/aws-rds-pricing-explained-2026.html',
    dated: '2026-05',
    items: ['postgres db.t4g.micro', 'postgres db.t4g.small', 'postgres db.t4g.medium'],
    usdHour: { 'us-east-1': [0.016, 0.032, 0.065] },
  },
  {
    // Made from Amazon's list of prices on 2024-08-09.
    source:
      'https://github.com/coroot/cloud-pricing/blob/af03eada15b25d80863f2547ba281e71af9d5c91/data/cloud-pricing.json.gz',
    dated: '2024-08',
    items: rdsItems,
    usdHour: {
      'us-east-1': [0.072, 0.068, 0.032, 0.032, 0.065, 0.065, 0.159, 0.152],
      'us-east-2': [0.072, 0.068, 0.032, 0.032, 0.065, 0.065, 0.159, 0.152],
      'us-west-1': [0.095, 0.088, 0.043, 0.043, 0.085, 0.085, 0.181, 0.173],
      'us-west-2': [0.072, 0.068, 0.032, 0.032, 0.065, 0.065, 0.159, 0.152],
      'ca-central-1': [0.08, 0.074, 0.035, 0.035, 0.07, 0.07, 0.175, 0.168],
      'eu-west-1': [0.078, 0.072, 0.035, 0.035, 0.069, 0.069, 0.176, 0.168],
      'eu-west-2': [0.082, 0.076, 0.036, 0.036, 0.072, 0.072, 0.184, 0.176],
      'eu-west-3': [0.082, 0.076, 0.036, 0.036, 0.072, 0.072, 0.184, 0.176],
      'eu-central-1': [0.084, 0.08, 0.037, 0.037, 0.074, 0.074, 0.189, 0.18],
      'eu-north-1': [0.074, 0.068, 0.033, 0.033, 0.065, 0.065, 0.167, 0.16],
      'ap-south-1': [0.106, 0.098, 0.042, 0.042, 0.084, 0.084, 0.226, 0.214],
      'ap-southeast-1': [0.112, 0.104, 0.051, 0.051, 0.102, 0.102, 0.221, 0.209],
      'ap-southeast-2': [0.112, 0.104, 0.051, 0.051, 0.102, 0.102, 0.221, 0.209],
      'ap-northeast-1': [0.112, 0.104, 0.05, 0.05, 0.101, 0.101, 0.221, 0.209],
      'ap-northeast-2': [0.112, 0.104, 0.051, 0.051, 0.102, 0.102, 0.221, 0.21],
    },
  },
];

const gcp: readonly PriceList[] = [
  {
    source: 'https://cloud.google.com/kubernetes-engine/pricing',
    dated: '2026-05',
    items: ['gke-cluster'],
    usdHour: { [everywhere]: [0.1] },
  },
  {
    source: 'https://cloud.google.com/kms/pricing',
    dated: '2025-03',
    items: ['kms-key'],
    usdHour: { [everywhere]: aMonth(0.06) },
  },
  {
    source: 'https://cloud.google.com/dns/pricing',
    dated: '2026-09',
    items: ['dns-zone'],
    usdHour: { [everywhere]: [0.000273973] },
  },
  {
    // One price for up to five rules.
    source: 'https://cloud.google.com/load-balancing/pricing',
    dated: '2026-09',
    items: ['global-load-balancer-rules'],
    usdHour: { [everywhere]: [0.025] },
  },
  {
    // Made from Google's list of prices on 2026-08-20.
    source:
      'https://github.com/Cyclenerd/google-cloud-pricing-cost-calculator/blob/dac31281f2a4575f0a8bff20ac04fc71a5ff2190/pricing.yml',
    dated: '2026-08',
    items: ['n2-highcpu-4', 'n2-standard-4', 'n2-standard-8'],
    usdHour: {
      'us-central1': [0.143392, 0.194236, 0.388472],
      'us-east1': [0.143392, 0.194236, 0.388472],
      'us-east4': [0.161504, 0.218756, 0.437512],
      'us-west1': [0.143392, 0.194236, 0.388472],
      'us-west2': [0.172236, 0.233304, 0.466608],
      'northamerica-northeast1': [0.157864, 0.213832, 0.427664],
      'southamerica-east1': [0.22762, 0.30832, 0.61664],
      'europe-west1': [0.157736, 0.213668, 0.427336],
      'europe-west2': [0.184752, 0.250248, 0.500496],
      'europe-west3': [0.184752, 0.250248, 0.500496],
      'europe-west4': [0.157864, 0.213832, 0.427664],
      'europe-west6': [0.18784, 0.254452, 0.508904],
      'europe-west8': [0.166335, 0.225314, 0.450628],
      'europe-west9': [0.166335, 0.225314, 0.450628],
      'europe-north1': [0.15788, 0.213848, 0.427696],
      'europe-central2': [0.173508, 0.235032, 0.470064],
      'europe-southwest1': [0.169203, 0.229198, 0.458397],
      'asia-east1': [0.166032, 0.224904, 0.449808],
      'asia-northeast1': [0.184148, 0.249176, 0.498352],
      'asia-northeast3': [0.184144, 0.249436, 0.498872],
      'asia-south1': [0.172232, 0.233288, 0.466576],
      'asia-southeast1': [0.1769, 0.239612, 0.479224],
      'australia-southeast1': [0.203468, 0.2756, 0.5512],
    },
  },
  {
    // $0.0413 a vCPU and hour, $0.007 a GB and hour.
    source: 'https://cloud.google.com/sql/pricing',
    dated: '2026-05',
    items: ['db-custom-2-7680', 'db-custom-4-15360'],
    usdHour: { 'us-central1': [2 * 0.0413 + 7.5 * 0.007, 4 * 0.0413 + 15 * 0.007] },
  },
];

export const priceLists: { readonly [K in 'aws' | 'gcp']: readonly PriceList[] } = { aws, gcp };
