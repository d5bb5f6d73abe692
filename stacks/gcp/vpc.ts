/** The network of an environment: one regional subnet with ranges of its own for pods and services. */
import { Network } from '@pulumi/gcp/compute/network.js';
import { Subnetwork } from '@pulumi/gcp/compute/subnetwork.js';
import type { Output, Resource } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import type { GcpAddresses } from '../addresses.ts';
import { options, part } from '../context.ts';
import type { GcpContext } from './context.ts';

export interface MadeNetwork {
  readonly networkId: Output<string>;
  /** Another one whenever the network is made anew. */
  readonly uniqueId: Output<string>;
  readonly networkSelfLink: Output<string>;
  readonly subnetId: Output<string>;
  readonly subnetSelfLink: Output<string>;
}

/** Names of the secondary ranges. */
export const podRange = 'pods';
export const serviceRange = 'services';

export function makeNetwork(context: GcpContext, addresses: GcpAddresses, apis: Resource[]): MadeNetwork {
  return part(context, 'net:Vpc', 'network', (inside) => {
    const name = environmentName(inside.environment, 'network', 63);
    const network = new Network(
      'vpc',
      { name, autoCreateSubnetworks: false, routingMode: 'REGIONAL', deleteDefaultRoutesOnCreate: false },
      { ...options(inside, 'vpc'), dependsOn: apis },
    );
    const subnet = new Subnetwork(
      'subnet',
      {
        name: environmentName(inside.environment, 'nodes', 63),
        network: network.id,
        region: inside.region,
        ipCidrRange: addresses.nodes,
        secondaryIpRanges: [
          { rangeName: podRange, ipCidrRange: addresses.pods },
          { rangeName: serviceRange, ipCidrRange: addresses.services },
        ],
        privateIpGoogleAccess: true,
        logConfig: { aggregationInterval: 'INTERVAL_5_MIN', flowSampling: 0.5, metadata: 'INCLUDE_ALL_METADATA' },
      },
      options(inside, 'subnet'),
    );
    return {
      networkId: network.id,
      uniqueId: network.networkId,
      networkSelfLink: network.selfLink,
      subnetId: subnet.id,
      subnetSelfLink: subnet.selfLink,
    };
  });
}
