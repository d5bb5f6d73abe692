/** Stack `network` on Google Cloud: APIs, VPC, NAT, firewall, keys, registry and zone. */
import { environmentName } from '../../src/app/names.ts';
import type { StackInput } from '../../src/app/stacks.ts';
import type { Gives } from '../made.ts';
import { addressesOf } from './addresses-of.ts';
import { enableApis } from './apis.ts';
import { gcpContext } from './context.ts';
import { makeRules } from './firewall.ts';
import { makeKeys } from './keys.ts';
import { makeNat } from './nat.ts';
import { makeRegistry } from './registry.ts';
import { makeNetwork } from './vpc.ts';
import { makeZone } from './zone.ts';

export async function network(input: StackInput): Promise<Gives<'gcp', 'network'>> {
  const context = gcpContext(input);
  const addresses = addressesOf(input);
  const apis = enableApis(context);
  const keys = makeKeys(context, apis);
  const net = makeNetwork(context, addresses, apis);
  const natAddresses = makeNat(context, net, apis);
  makeRules(context, net.networkId, addresses);
  const repositories = makeRegistry(context, keys.data, [...apis, ...keys.grants]);
  const zone = makeZone(context, apis);
  return {
    vpcId: net.networkId,
    uniqueId: net.uniqueId,
    vpcSelfLink: net.networkSelfLink,
    subnetId: net.subnetId,
    subnetSelfLink: net.subnetSelfLink,
    natAddresses,
    keyCluster: keys.cluster,
    keyData: keys.data,
    keyVolumes: keys.volumes,
    controlPlaneRange: addresses.controlPlane,
    repositories,
    repositoryName: environmentName(input.app.environment, 'images', 63),
    ...(keys.agents.pubsub === undefined ? {} : { pubsubAgent: keys.agents.pubsub }),
    ...(zone === undefined ? {} : { zoneId: zone.zoneId, nameServers: zone.nameServers, domain: zone.domain }),
  };
}
