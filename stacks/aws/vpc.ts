/** The VPC of an environment, its subnets and routes, and the gateway endpoints of S3 and DynamoDB. */
import { DefaultSecurityGroup } from '@pulumi/aws/ec2/defaultSecurityGroup.js';
import { InternetGateway } from '@pulumi/aws/ec2/internetGateway.js';
import { Route } from '@pulumi/aws/ec2/route.js';
import { RouteTable } from '@pulumi/aws/ec2/routeTable.js';
import { RouteTableAssociation } from '@pulumi/aws/ec2/routeTableAssociation.js';
import { Subnet } from '@pulumi/aws/ec2/subnet.js';
import { Vpc } from '@pulumi/aws/ec2/vpc.js';
import { VpcEndpoint } from '@pulumi/aws/ec2/vpcEndpoint.js';
import type { Input, Output } from '@pulumi/pulumi';
import type { AwsAddresses } from '../addresses.ts';
import { options, part, tagged } from '../context.ts';
import type { AwsContext } from './context.ts';

export interface Network {
  readonly vpcId: Input<string>;
  readonly publicSubnetIds: Input<string>[];
  readonly privateSubnetIds: Input<string>[];
  readonly dataSubnetIds: Input<string>[];
  readonly clusterSubnetIds: Input<string>[];
  /** One a zone: nothing goes out before NAT adds a route. Empty in a network of the user's own. */
  readonly privateRouteTableIds: Input<string>[];
  readonly publicGateway?: InternetGateway;
}

type Tier = 'public' | 'private' | 'data' | 'cluster';

export function makeNetwork(context: AwsContext, addresses: AwsAddresses): Network {
  return part(context, 'net:Vpc', 'network', (inside) => {
    const vpc = new Vpc(
      'vpc',
      {
        cidrBlock: addresses.total,
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: tagged(inside, 'vpc', { Name: `opta-${inside.environment}` }),
      },
      options(inside, 'vpc'),
    );
    // Whoever names no group gets this one: with no rule in it nothing is let through by mistake.
    new DefaultSecurityGroup(
      'default-group',
      { vpcId: vpc.id, ingress: [], egress: [], tags: tagged(inside, 'default-group') },
      options(inside, 'default-group'),
    );
    const gateway = new InternetGateway(
      'internet',
      { vpcId: vpc.id, tags: tagged(inside, 'internet', { Name: `opta-${inside.environment}` }) },
      options(inside, 'internet'),
    );
    const ids = subnets(inside, vpc.id, addresses);
    const outside = publicRoutes(inside, vpc.id, gateway, ids.public);
    const privateTables = ids.private.map((subnet, index) => table(inside, vpc.id, `private-${index}`, [subnet]));
    const data = table(inside, vpc.id, 'data', [...ids.data, ...ids.cluster]);
    endpoints(inside, vpc.id, [...privateTables, data, outside]);
    return {
      vpcId: vpc.id,
      publicSubnetIds: ids.public,
      privateSubnetIds: ids.private,
      dataSubnetIds: ids.data,
      clusterSubnetIds: ids.cluster,
      privateRouteTableIds: privateTables,
      publicGateway: gateway,
    };
  });
}

function subnets(context: AwsContext, vpcId: Input<string>, addresses: AwsAddresses): Record<Tier, Output<string>[]> {
  const tier = (name: Tier) =>
    addresses[name].map((cidrBlock, index) => {
      const zone = context.input.zones[index % context.input.zones.length] ?? '';
      const full = `${name}-${index}`;
      const subnet = new Subnet(
        full,
        {
          vpcId,
          cidrBlock,
          // Ids name the same place in every account, names do not.
          ...(/-az\d+$/.test(zone) ? { availabilityZoneId: zone } : { availabilityZone: zone }),
          mapPublicIpOnLaunch: false,
          tags: tagged(context, full, { Name: `opta-${context.environment}-${full}` }),
        },
        options(context, full),
      );
      return subnet.id;
    });
  return { public: tier('public'), private: tier('private'), data: tier('data'), cluster: tier('cluster') };
}

function table(context: AwsContext, vpcId: Input<string>, name: string, subnetIds: Input<string>[]): Output<string> {
  const full = `routes-${name}`;
  const made = new RouteTable(
    full,
    { vpcId, tags: tagged(context, full, { Name: `opta-${context.environment}-${name}` }) },
    options(context, full),
  );
  for (const [index, subnetId] of subnetIds.entries()) {
    const association = `${full}-${index}`;
    new RouteTableAssociation(association, { routeTableId: made.id, subnetId }, options(context, association));
  }
  return made.id;
}

function publicRoutes(context: AwsContext, vpcId: Input<string>, gateway: InternetGateway, subnetIds: Input<string>[]) {
  const routeTableId = table(context, vpcId, 'public', subnetIds);
  new Route(
    'route-internet',
    { routeTableId, destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway.id },
    options(context, 'route-internet'),
  );
  return routeTableId;
}

/** Traffic to S3 and DynamoDB stays inside and costs nothing at the NAT gateways. */
function endpoints(context: AwsContext, vpcId: Input<string>, routeTableIds: Input<string>[]): void {
  for (const service of ['s3', 'dynamodb']) {
    const name = `endpoint-${service}`;
    new VpcEndpoint(
      name,
      {
        vpcId,
        serviceName: `com.amazonaws.${context.region}.${service}`,
        vpcEndpointType: 'Gateway',
        routeTableIds,
        tags: tagged(context, name),
      },
      options(context, name),
    );
  }
}
