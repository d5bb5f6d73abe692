/** Rules: no store is public, nothing is open to the whole internet but the edge, and no defaults of a cloud are used. */
import {
  at,
  type Checked,
  type Complaint,
  either,
  is,
  isPublicOnPurpose,
  isUnknown,
  mustBe,
  needs,
  type Rule,
  ruleOf,
  violation,
} from './rule.ts';

const everybody = new Set(['0.0.0.0/0', '::/0']);

const bucketBlock: Complaint = (block, _, all) => {
  const bucket = all.find(
    ({ type, name }) => type === 'aws:s3/bucket:Bucket' && block.name === `${name}-public-access`,
  );
  const keys = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'];
  if (bucket !== undefined && isPublicOnPurpose(bucket)) return undefined;
  return keys.every((key) => is(block, key, true)) ? undefined : 'can be opened to the public';
};

const closedBucket: Complaint = (bucket, _, all) => {
  const type = 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock';
  const block = all.some((other) => other.type === type && other.name === `${bucket.name}-public-access`);
  return block ? undefined : 'has nothing that keeps it from being opened to the public';
};

const publicMember: Complaint = (member, _, all) => {
  const who = String(at(member, 'member'));
  if (who !== 'allUsers' && who !== 'allAuthenticatedUsers') return undefined;
  const bucket = all.find(({ type, name }) => type === 'gcp:storage/bucket:Bucket' && member.name === `${name}-public`);
  return bucket !== undefined && isPublicOnPurpose(bucket) ? undefined : 'lets in everybody';
};

const closed = 'can be reached from outside';

export const noPublicStore = ruleOf('no-public-store', {
  'aws:rds/instance:Instance': mustBe(closed, { publiclyAccessible: false }),
  'aws:s3/bucket:Bucket': closedBucket,
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': bucketBlock,
  'gcp:sql/databaseInstance:DatabaseInstance': mustBe(closed, { 'settings.ipConfiguration.ipv4Enabled': false }),
  'gcp:storage/bucket:Bucket': (bucket) => {
    const enforced = is(bucket, 'publicAccessPrevention', 'enforced') && is(bucket, 'uniformBucketLevelAccess', true);
    return enforced || isPublicOnPurpose(bucket) ? undefined : 'can be opened to the public';
  },
  'gcp:storage/bucketIAMMember:BucketIAMMember': publicMember,
});

/** Rules that may name the whole internet, each with its reason. */
const openOnPurpose: readonly { readonly type: RegExp; readonly name: RegExp; readonly reason: string }[] = [
  { type: /IngressRule$/, name: /^public-\d+$/, reason: 'The load balancer is the one thing that all may reach.' },
  { type: /EgressRule$/, name: /^nodes-outside$/, reason: 'Registries and APIs outside, through NAT.' },
];

export const closedToInternet: Rule = {
  name: 'closed-to-internet',
  check: (resources) =>
    resources.flatMap((resource) => {
      const message = openTo(resource);
      return message === undefined ? [] : [violation('closed-to-internet', resource, message)];
    }),
};

function openTo(resource: Checked): string | undefined {
  const { type, name } = resource;
  if (openOnPurpose.some((one) => one.type.test(type) && one.name.test(name))) return undefined;
  if (/(Ingress|Egress)Rule$/.test(type)) {
    const ranges = [at(resource, 'cidrIpv4'), at(resource, 'cidrIpv6')];
    return ranges.some((range) => everybody.has(String(range))) ? 'is open to the whole internet' : undefined;
  }
  if (type === 'aws:ec2/securityGroup:SecurityGroup') return inlineRules(resource);
  if (type === 'aws:eks/cluster:Cluster') return reach(resource);
  if (type === 'gcp:compute/firewall:Firewall') {
    const allows = at(resource, 'allows');
    const sources = at(resource, 'sourceRanges');
    const open = Array.isArray(allows) && (!Array.isArray(sources) || sources.some((range) => everybody.has(range)));
    return open && is(resource, 'direction', 'INGRESS') ? 'lets in the whole internet' : undefined;
  }
  return undefined;
}

function inlineRules(group: Checked): string | undefined {
  const written = ['ingress', 'egress'].some((key) => {
    const rules = at(group, key);
    return Array.isArray(rules) && rules.length > 0;
  });
  return written ? 'has rules of its own, which nobody reads beside those of others' : undefined;
}

function reach(cluster: Checked): string | undefined {
  const ranges = at(cluster, 'vpcConfig.publicAccessCidrs');
  if (isUnknown(ranges) || is(cluster, 'vpcConfig.endpointPublicAccess', false)) return undefined;
  const open = !Array.isArray(ranges) || ranges.length === 0 || ranges.some((range) => everybody.has(String(range)));
  return open ? 'offers its API to the whole internet' : undefined;
}

const emptied: Complaint = (group) => {
  const rules = ['ingress', 'egress'].map((key) => at(group, key));
  const empty = rules.every((list) => Array.isArray(list) && list.length === 0);
  return empty ? undefined : 'lets something through';
};

const ownAccount: Complaint = (pool) => {
  const account = at(pool, 'nodeConfig.serviceAccount');
  if (isUnknown(account)) return undefined;
  const standard = typeof account !== 'string' || account === '' || /-compute@developer\./.test(account);
  return standard ? 'runs as the default service account, which may edit the whole project' : undefined;
};

const shielded = mustBe('is not shielded', { 'nodeConfig.shieldedInstanceConfig.enableSecureBoot': true });

export const noDefaults = ruleOf('no-defaults', {
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup': emptied,
  'aws:ec2/securityGroup:SecurityGroup': needs('would stand in the default VPC', 'vpcId'),
  'aws:ec2/subnet:Subnet': mustBe('gives public addresses to machines', { mapPublicIpOnLaunch: false }),
  'aws:rds/instance:Instance': needs('would stand in the default VPC', 'dbSubnetGroupName'),
  'aws:docdb/cluster:Cluster': needs('would stand in the default VPC', 'dbSubnetGroupName'),
  'aws:elasticache/replicationGroup:ReplicationGroup': needs('would stand in the default VPC', 'subnetGroupName'),
  'aws:ec2/launchTemplate:LaunchTemplate': mustBe('lets pods take the role of their node', {
    'metadataOptions.httpTokens': 'required',
    'metadataOptions.httpPutResponseHopLimit': 1,
  }),
  'aws:eks/cluster:Cluster': either(
    mustBe('falls into extended support at six times the price', { 'upgradePolicy.supportType': 'STANDARD' }),
    mustBe('lets its maker in for ever, unseen', { 'accessConfig.bootstrapClusterCreatorAdminPermissions': false }),
  ),
  'gcp:compute/network:Network': mustBe('makes subnets by itself', { autoCreateSubnetworks: false }),
  'gcp:container/cluster:Cluster': either(
    ownAccount,
    mustBe('has nodes with public addresses', { 'privateClusterConfig.enablePrivateNodes': true }),
    needs('has no identities for pods', 'workloadIdentityConfig.workloadPool'),
  ),
  'gcp:container/nodePool:NodePool': either(
    ownAccount,
    shielded,
    mustBe('lets pods act as their node', { 'nodeConfig.workloadMetadataConfig.mode': 'GKE_METADATA' }),
  ),
});
