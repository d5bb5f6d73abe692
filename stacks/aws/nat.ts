/** The way out of the private subnets: NAT gateways with addresses that others can put on allow-lists. */
import { Eip } from '@pulumi/aws/ec2/eip.js';
import { NatGateway } from '@pulumi/aws/ec2/natGateway.js';
import { Route } from '@pulumi/aws/ec2/route.js';
import type { Input } from '@pulumi/pulumi';
import { options, part, tagged } from '../context.ts';
import { natCount } from '../sizing.ts';
import type { AwsContext } from './context.ts';
import type { Network } from './vpc.ts';

/** Public addresses, one a gateway. They outlive a destroy, because others have written them down. */
export function makeNat(context: AwsContext, network: Network): Input<string>[] {
  const { publicGateway, publicSubnetIds, privateRouteTableIds } = network;
  if (publicGateway === undefined) return [];
  return part(context, 'net:Nat', 'nat', (inside) => {
    const count = natCount(inside.production, publicSubnetIds.length);
    const gateways = publicSubnetIds.slice(0, count).map((subnetId, index) => {
      const name = `nat-address-${index}`;
      const address = new Eip(
        name,
        { domain: 'vpc', tags: tagged(inside, name, { Name: `opta-${inside.environment}-nat-${index}` }) },
        options(inside, name, { keep: true }),
      );
      const gateway = new NatGateway(
        `nat-${index}`,
        {
          subnetId,
          allocationId: address.id,
          connectivityType: 'public',
          tags: tagged(inside, `nat-${index}`, { Name: `opta-${inside.environment}-${index}` }),
        },
        { ...options(inside, `nat-${index}`), dependsOn: [publicGateway] },
      );
      return { address, gateway };
    });
    for (const [index, routeTableId] of privateRouteTableIds.entries()) {
      const natGatewayId = (gateways[index] ?? gateways[0])?.gateway.id;
      if (natGatewayId === undefined) continue;
      const name = `route-nat-${index}`;
      new Route(name, { routeTableId, destinationCidrBlock: '0.0.0.0/0', natGatewayId }, options(inside, name));
    }
    return gateways.map(({ address }) => address.publicIp);
  });
}
