/** Where each part of an architecture is in a plan: rows that people ask for, pointing at what was really registered. Pure. */
import type { ClusterListing } from './listing.ts';
import type { Change } from './operation.ts';

/** In the order in which traffic and people meet them. */
const architectureRows = [
  'publicSubnets',
  'privateSubnets',
  'nat',
  'natAddresses',
  'firewall',
  'loadBalancer',
  'tlsPolicy',
  'certificate',
  'dnsApex',
  'dnsWildcard',
  'encryptionKeys',
  'databases',
  'databaseTls',
  'cluster',
  'nodes',
  'nodeAutoscaling',
  'ingress',
  'mesh',
] as const;
export type ArchitectureRow = (typeof architectureRows)[number];

interface PointedAt {
  readonly urn: string;
  /** Properties that say what the row asks, as they were registered. */
  readonly facts: Readonly<Record<string, unknown>>;
}

interface ArchitectureEntry {
  readonly resources: readonly PointedAt[];
  /** Parts of the platform inside the cluster, with the values that matter. */
  readonly platform: readonly { readonly name: string; readonly facts: Readonly<Record<string, unknown>> }[];
}

export type Architecture = Readonly<Record<ArchitectureRow, ArchitectureEntry>>;

type Inputs = Readonly<Record<string, unknown>>;

interface Finder {
  readonly row: ArchitectureRow;
  readonly type: string;
  /** Paths of properties. */
  readonly facts: readonly string[];
  readonly where?: (inputs: Inputs, name: string) => boolean;
}

/** What stands at `settings.ipConfiguration.sslMode`; the first of a list stands for it where a number is not said. */
function at(inputs: Inputs, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    const inside = Array.isArray(value) && !/^\d+$/.test(key) ? value[0] : value;
    return inside === null || typeof inside !== 'object' ? undefined : (inside as Inputs)[key];
  }, inputs);
}

const tier = (name: string) => (_: Inputs, own: string) => own.startsWith(`${name}-`);
const isNamed = (wanted: string) => (_: Inputs, own: string) => own === wanted;
const isOutside = (inputs: Inputs) => inputs['addressType'] !== 'INTERNAL';
const speaksTls = (inputs: Inputs) => inputs['protocol'] === 'TLS' || inputs['sslPolicy'] !== undefined;
const forcesTls = (inputs: Inputs) =>
  /force_ssl|require_secure_transport|"tls"/.test(JSON.stringify(inputs['parameters']));

const aws: readonly Finder[] = [
  {
    row: 'publicSubnets',
    type: 'aws:ec2/subnet:Subnet',
    facts: ['cidrBlock', 'availabilityZoneId'],
    where: tier('public'),
  },
  {
    row: 'publicSubnets',
    type: 'aws:ec2/route:Route',
    facts: ['destinationCidrBlock'],
    where: (inputs) => 'gatewayId' in inputs,
  },
  {
    row: 'privateSubnets',
    type: 'aws:ec2/subnet:Subnet',
    facts: ['cidrBlock', 'availabilityZoneId'],
    where: (_, name) => !name.startsWith('public-'),
  },
  { row: 'nat', type: 'aws:ec2/natGateway:NatGateway', facts: ['connectivityType'] },
  { row: 'natAddresses', type: 'aws:ec2/eip:Eip', facts: ['domain'] },
  { row: 'firewall', type: 'aws:ec2/securityGroup:SecurityGroup', facts: ['name', 'description'] },
  { row: 'firewall', type: 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup', facts: [] },
  {
    row: 'firewall',
    type: 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
    facts: ['fromPort', 'toPort', 'cidrIpv4'],
  },
  {
    row: 'firewall',
    type: 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule',
    facts: ['fromPort', 'toPort', 'cidrIpv4'],
  },
  { row: 'loadBalancer', type: 'aws:lb/loadBalancer:LoadBalancer', facts: ['loadBalancerType', 'internal'] },
  {
    row: 'loadBalancer',
    type: 'aws:lb/targetGroup:TargetGroup',
    facts: ['port', 'protocol', 'targetType', 'proxyProtocolV2'],
  },
  {
    row: 'tlsPolicy',
    type: 'aws:lb/listener:Listener',
    facts: ['port', 'protocol', 'sslPolicy', 'alpnPolicy'],
    where: speaksTls,
  },
  { row: 'certificate', type: 'aws:acm/certificate:Certificate', facts: ['domainName', 'subjectAlternativeNames'] },
  { row: 'dnsApex', type: 'aws:route53/record:Record', facts: ['name', 'type'], where: isNamed('record-apex') },
  { row: 'dnsWildcard', type: 'aws:route53/record:Record', facts: ['name', 'type'], where: isNamed('record-wildcard') },
  { row: 'encryptionKeys', type: 'aws:kms/key:Key', facts: ['description', 'enableKeyRotation'] },
  {
    row: 'databases',
    type: 'aws:rds/instance:Instance',
    facts: ['engine', 'instanceClass', 'multiAz', 'storageEncrypted', 'deletionProtection'],
  },
  { row: 'databases', type: 'aws:docdb/cluster:Cluster', facts: ['engine', 'storageEncrypted', 'deletionProtection'] },
  {
    row: 'databases',
    type: 'aws:elasticache/replicationGroup:ReplicationGroup',
    facts: ['engine', 'multiAzEnabled', 'atRestEncryptionEnabled'],
  },
  {
    row: 'databaseTls',
    type: 'aws:rds/parameterGroup:ParameterGroup',
    facts: ['family', 'parameters'],
    where: forcesTls,
  },
  {
    row: 'databaseTls',
    type: 'aws:docdb/clusterParameterGroup:ClusterParameterGroup',
    facts: ['family', 'parameters'],
    where: forcesTls,
  },
  {
    row: 'databaseTls',
    type: 'aws:elasticache/replicationGroup:ReplicationGroup',
    facts: ['transitEncryptionEnabled', 'transitEncryptionMode'],
  },
  { row: 'cluster', type: 'aws:eks/cluster:Cluster', facts: ['name', 'version'] },
  { row: 'nodes', type: 'aws:eks/nodeGroup:NodeGroup', facts: ['instanceTypes', 'capacityType'] },
  {
    row: 'nodeAutoscaling',
    type: 'aws:eks/nodeGroup:NodeGroup',
    facts: ['scalingConfig.minSize', 'scalingConfig.maxSize'],
  },
  {
    row: 'nodeAutoscaling',
    type: 'aws:eks/podIdentityAssociation:PodIdentityAssociation',
    facts: ['namespace', 'serviceAccount'],
    where: (inputs) => String(inputs['serviceAccount']).includes('autoscaler'),
  },
];

const gcp: readonly Finder[] = [
  // Nothing of the network is public: the load balancer stands before it, at an address of its own.
  { row: 'publicSubnets', type: 'gcp:compute/globalAddress:GlobalAddress', facts: ['name'] },
  {
    row: 'privateSubnets',
    type: 'gcp:compute/subnetwork:Subnetwork',
    facts: ['ipCidrRange', 'region', 'privateIpGoogleAccess', 'secondaryIpRanges'],
  },
  { row: 'nat', type: 'gcp:compute/routerNat:RouterNat', facts: ['natIpAllocateOption', 'region'] },
  { row: 'natAddresses', type: 'gcp:compute/address:Address', facts: ['name', 'region'], where: isOutside },
  {
    row: 'firewall',
    type: 'gcp:compute/firewall:Firewall',
    facts: ['name', 'direction', 'sourceRanges', 'allows', 'denies'],
  },
  {
    row: 'loadBalancer',
    type: 'gcp:compute/globalForwardingRule:GlobalForwardingRule',
    facts: ['loadBalancingScheme', 'portRange'],
  },
  {
    row: 'loadBalancer',
    type: 'gcp:compute/backendService:BackendService',
    facts: ['protocol', 'loadBalancingScheme', 'timeoutSec'],
  },
  { row: 'tlsPolicy', type: 'gcp:compute/sSLPolicy:SSLPolicy', facts: ['minTlsVersion', 'profile'] },
  { row: 'certificate', type: 'gcp:certificatemanager/certificate:Certificate', facts: ['managed.domains'] },
  {
    row: 'dnsApex',
    type: 'gcp:dns/recordSet:RecordSet',
    facts: ['name', 'type'],
    where: isNamed('record-apex'),
  },
  {
    row: 'dnsWildcard',
    type: 'gcp:dns/recordSet:RecordSet',
    facts: ['name', 'type'],
    where: isNamed('record-wildcard'),
  },
  { row: 'encryptionKeys', type: 'gcp:kms/cryptoKey:CryptoKey', facts: ['name', 'rotationPeriod'] },
  {
    row: 'databases',
    type: 'gcp:sql/databaseInstance:DatabaseInstance',
    facts: ['databaseVersion', 'settings.tier', 'settings.edition', 'settings.availabilityType', 'deletionProtection'],
  },
  { row: 'databases', type: 'gcp:redis/instance:Instance', facts: ['tier', 'memorySizeGb'] },
  {
    row: 'databaseTls',
    type: 'gcp:sql/databaseInstance:DatabaseInstance',
    facts: ['settings.ipConfiguration.sslMode', 'settings.ipConfiguration.serverCaMode'],
  },
  { row: 'databaseTls', type: 'gcp:redis/instance:Instance', facts: ['transitEncryptionMode', 'authEnabled'] },
  { row: 'cluster', type: 'gcp:container/cluster:Cluster', facts: ['name', 'location', 'minMasterVersion'] },
  { row: 'nodes', type: 'gcp:container/nodePool:NodePool', facts: ['nodeConfig.machineType', 'nodeConfig.spot'] },
  { row: 'nodeAutoscaling', type: 'gcp:container/nodePool:NodePool', facts: ['autoscaling'] },
];

/** Which parts of the platform stand for which row. */
const parts: readonly (readonly [ArchitectureRow, RegExp])[] = [
  ['ingress', /^(ingress-nginx|traefik)$/],
  ['mesh', /^linkerd/],
  ['nodeAutoscaling', /^cluster-autoscaler$/],
  ['loadBalancer', /^aws-load-balancer-controller$/],
];

const factsOf = (inputs: Inputs, paths: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(paths.flatMap((path) => (at(inputs, path) === undefined ? [] : [[path, at(inputs, path)]])));

/** Rows without anything are there too, and empty: what is not registered is not claimed. */
export function architectureOf(
  resources: readonly Change[],
  { components }: Pick<ClusterListing, 'components'>,
): Architecture {
  const stays = resources.filter(({ kind }) => kind !== 'delete');
  const finders = [...aws, ...gcp];
  const entries = architectureRows.map((row): [ArchitectureRow, ArchitectureEntry] => {
    const found = finders
      .filter((one) => one.row === row)
      .flatMap(({ type, facts, where = () => true }) =>
        stays
          .filter((one) => one.type === type && where(one.inputs, one.name))
          .map(({ urn, inputs }): PointedAt => ({ urn, facts: factsOf(inputs, facts) })),
      );
    const inside = components
      .filter(({ name }) => parts.some(([of, pattern]) => of === row && pattern.test(name)))
      .map(({ name, version, values }) => ({ name, facts: { ...(version !== undefined && { version }), ...values } }));
    return [row, { resources: found, platform: inside }];
  });
  return Object.fromEntries(entries) as Record<ArchitectureRow, ArchitectureEntry>;
}
