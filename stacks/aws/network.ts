/** Stack `network` on AWS: VPC, subnets, NAT, security groups, keys, flow logs, registry and zone. */
import type { StackInput } from '../../src/app/stacks.ts';
import { planAws } from '../addresses.ts';
import type { Gives } from '../made.ts';
import { number, settingsOf, text, texts } from '../settings.ts';
import { type AwsContext, awsContext } from './context.ts';
import { makeGroups } from './firewall.ts';
import { makeFlowLogs } from './flow-logs.ts';
import { makeKeys } from './keys.ts';
import { makeLogBucket } from './log-bucket.ts';
import { makeNat } from './nat.ts';
import { makeRegistry } from './registry.ts';
import { makeNetwork, type Network } from './vpc.ts';
import { makeZone } from './zone.ts';

export async function network(input: StackInput): Promise<Gives<'aws', 'network'>> {
  const context = awsContext(input);
  const base = settingsOf(input.app, 'base');
  const keys = makeKeys(context);
  const own = ownNetwork(base);
  const net = own ?? makeNetwork(context, addressesOf(context, base));
  const natAddresses = makeNat(context, net);
  const groups = makeGroups(context, net.vpcId);
  if (own === undefined) makeFlowLogs(context, net.vpcId, keys.logs, number(base, 'vpc_log_retention', 90));
  const repositories = makeRegistry(context, keys.data);
  const zone = makeZone(context);
  return {
    vpcId: net.vpcId,
    publicSubnetIds: net.publicSubnetIds,
    privateSubnetIds: net.privateSubnetIds,
    dataSubnetIds: net.dataSubnetIds,
    clusterSubnetIds: net.clusterSubnetIds,
    natAddresses,
    nodeGroupId: groups.nodes,
    loadBalancerGroupId: groups.loadBalancer,
    keyCluster: keys.eks,
    keyData: keys.data,
    keyLogs: keys.logs,
    keyVolumes: keys.volumes,
    repositories,
    logBucket: makeLogBucket(context),
    ...(zone === undefined ? {} : { zoneId: zone.zoneId, nameServers: zone.nameServers, domain: zone.domain }),
  };
}

/** The plan of a VPC's addresses: what the file writes wins, the rest follows from the environment's range. */
function addressesOf({ input }: AwsContext, base: Readonly<Record<string, unknown>>) {
  const written = {
    total: text(base, 'total_ipv4_cidr_block'),
    private: texts(base, 'private_ipv4_cidr_blocks'),
    public: texts(base, 'public_ipv4_cidr_blocks'),
  };
  return planAws(input.addressRange, input.zones.length, written);
}

/** A network that the user has already: databases and the control plane stand in its private subnets. */
function ownNetwork(base: Readonly<Record<string, unknown>>): Network | undefined {
  const vpcId = text(base, 'vpc_id');
  if (vpcId === undefined) return undefined;
  const privateSubnetIds = texts(base, 'private_subnet_ids') ?? [];
  return {
    vpcId,
    publicSubnetIds: texts(base, 'public_subnet_ids') ?? [],
    privateSubnetIds,
    dataSubnetIds: privateSubnetIds,
    clusterSubnetIds: privateSubnetIds,
    privateRouteTableIds: [],
  };
}
