/** The way out: one regional Cloud NAT with two reserved addresses that others can put on allow-lists. */
import { Address } from '@pulumi/gcp/compute/address.js';
import { Router } from '@pulumi/gcp/compute/router.js';
import { RouterNat } from '@pulumi/gcp/compute/routerNat.js';
import type { Output, Resource } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import { options, part, tagged } from '../context.ts';
import { regionalNatAddresses } from '../sizing.ts';
import type { GcpContext } from './context.ts';
import type { MadeNetwork } from './vpc.ts';

/** Public addresses. They outlive a destroy, because others have written them down. */
export function makeNat(context: GcpContext, network: MadeNetwork, apis: Resource[]): Output<string>[] {
  return part(context, 'net:Nat', 'nat', (inside) => {
    const router = new Router(
      'router',
      { name: environmentName(inside.environment, 'router', 63), network: network.networkId, region: inside.region },
      options(inside, 'router'),
    );
    const addresses = Array.from({ length: regionalNatAddresses }, (_, index) => {
      const name = `nat-address-${index}`;
      return new Address(
        name,
        {
          name: environmentName(inside.environment, `nat-${index}`, 63),
          region: inside.region,
          addressType: 'EXTERNAL',
          networkTier: 'PREMIUM',
          labels: tagged(inside, name),
        },
        { ...options(inside, name, { keep: true }), dependsOn: apis },
      );
    });
    new RouterNat(
      'nat-0',
      {
        name: environmentName(inside.environment, 'nat', 63),
        router: router.name,
        region: inside.region,
        natIpAllocateOption: 'MANUAL_ONLY',
        natIps: addresses.map(({ selfLink }) => selfLink),
        sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
        enableDynamicPortAllocation: true,
        // Dynamic allocation and mappings that do not depend on the endpoint exclude each other.
        enableEndpointIndependentMapping: false,
        minPortsPerVm: 64,
        maxPortsPerVm: 4096,
        logConfig: { enable: true, filter: 'ERRORS_ONLY' },
      },
      options(inside, 'nat-0'),
    );
    return addresses.map(({ address }) => address);
  });
}
