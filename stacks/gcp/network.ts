/** Stack `network` on Google Cloud: APIs, VPC, NAT, firewall, keys, registry and zone. */
import type { StackInput } from '../../src/app/stacks.ts';
import { planGcp } from '../addresses.ts';
import { settingsOf, text } from '../settings.ts';
import { enableApis } from './apis.ts';
import { gcpContext } from './context.ts';
import { makeRules } from './firewall.ts';
import { makeKeys } from './keys.ts';
import { makeNat } from './nat.ts';
import { makeRegistry } from './registry.ts';
import { makeNetwork } from './vpc.ts';
import { makeZone } from './zone.ts';

export async function network(input: StackInput): Promise<Record<string, unknown>> {
  const context = gcpContext(input);
  const addresses = addressesOf(input);
  const apis = enableApis(context);
  const keys = makeKeys(context, apis);
  const net = makeNetwork(context, addresses, apis);
  const natAddresses = makeNat(context, net);
  makeRules(context, net.networkId, addresses);
  const repositories = makeRegistry(context, keys.data, [...apis, ...keys.grants]);
  const zone = makeZone(context, apis);
  return {
    vpcId: net.networkId,
    vpcSelfLink: net.networkSelfLink,
    subnetId: net.subnetId,
    subnetSelfLink: net.subnetSelfLink,
    natAddresses,
    keyCluster: keys.cluster,
    keyData: keys.data,
    keyVolumes: keys.volumes,
    repositories,
    ...(zone === undefined ? {} : { zoneId: zone.zoneId, nameServers: zone.nameServers, domain: zone.domain }),
  };
}

/** The plan of the network's addresses: what the file writes wins, the rest follows from the environment's range. */
export function addressesOf({ app, addressRange }: StackInput) {
  const base = settingsOf(app, 'base');
  const caches = app.resources.filter(({ type }) => type === 'redis').length;
  return planGcp(addressRange, caches, {
    nodes: text(base, 'private_ipv4_cidr_block'),
    pods: text(base, 'cluster_ipv4_cidr_block'),
    services: text(base, 'services_ipv4_cidr_block'),
    controlPlane: text(base, 'k8s_master_ipv4_cidr_block'),
  });
}
