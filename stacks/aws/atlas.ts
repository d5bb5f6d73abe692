/** mongodb-atlas on AWS: by private link from M10 on, else by the addresses of NAT. */
import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js';
import { VpcEndpoint } from '@pulumi/aws/ec2/vpcEndpoint.js';
import { SecurityGroupIngressRule } from '@pulumi/aws/vpc/securityGroupIngressRule.js';
import { PrivateLinkEndpoint } from '@pulumi/mongodbatlas/privateLinkEndpoint.js';
import { PrivateLinkEndpointService } from '@pulumi/mongodbatlas/privateLinkEndpointService.js';
import type { Resource as PulumiResource } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import {
  allowAddresses,
  atlasClusters,
  atlasKeys,
  atlasValues,
  isShared,
  makeAtlasCluster,
  projectOf,
  withAtlas,
} from '../atlas.ts';
import { from, listFrom, options, part, tagged } from '../context.ts';
import type { Made } from '../made.ts';
import { settingsOf, text } from '../settings.ts';
import { natCount } from '../sizing.ts';
import { atlasKey } from './atlas-key.ts';
import type { AwsContext } from './context.ts';
import { privateSubnets } from './subnets.ts';

export function makeAtlas(context: AwsContext): Made {
  const clusters = atlasClusters(context);
  return part(context, 'data:Atlas', 'atlas', (inside) => {
    const atlas = withAtlas(inside);
    const dedicated = clusters.filter((cluster) => !isShared(cluster));
    const links = new Map<string, PulumiResource>();
    for (const cluster of dedicated) {
      const project = projectOf(cluster);
      if (!links.has(project)) links.set(project, privateLink(inside, atlas, project));
    }
    const own = text(settingsOf(inside.input.app, 'base'), 'vpc_id') !== undefined;
    const count = own ? 0 : natCount(inside.production, inside.input.zones.length);
    const addresses = listFrom(inside, 'network', 'natAddresses', count);
    const shared = clusters.filter(isShared);
    allowAddresses(atlas, shared, addresses);
    const keys = atlasKeys(clusters, (projectId) => atlasKey(inside, atlas, projectId));
    const made = clusters.map((cluster) => {
      const link = links.get(projectOf(cluster));
      const atlasCluster = makeAtlasCluster(atlas, cluster, 'AWS', keys, link === undefined ? [] : [link]);
      const connection = atlasCluster.connectionStrings.apply((strings) =>
        isShared(cluster)
          ? strings.standardSrv
          : (strings.privateEndpoints?.[0]?.srvConnectionString ?? strings.standardSrv),
      );
      return [cluster.id, atlasValues(connection, isShared(cluster) ? addresses : [])] as const;
    });
    return Object.fromEntries(made);
  });
}

function privateLink(context: AwsContext, atlas: AwsContext, projectId: string): PulumiResource {
  const name = `atlas-link-${projectId}`;
  const link = new PrivateLinkEndpoint(
    name,
    { projectId, providerName: 'AWS', region: context.region },
    options(atlas, name),
  );
  const group = new SecurityGroup(
    `${name}-group`,
    {
      vpcId: from(context, 'network', 'vpcId'),
      name: environmentName(context.environment, `atlas-${projectId}`, 255),
      description: 'Reaches MongoDB Atlas.',
      tags: tagged(context, `${name}-group`),
    },
    options(context, `${name}-group`),
  );
  new SecurityGroupIngressRule(
    `${name}-from-nodes`,
    {
      securityGroupId: group.id,
      referencedSecurityGroupId: from(context, 'network', 'nodeGroupId'),
      ipProtocol: 'tcp',
      // Atlas gives each member of a replica set a port of its own from here on.
      fromPort: 1024,
      toPort: 65_535,
      tags: tagged(context, `${name}-from-nodes`),
    },
    options(context, `${name}-from-nodes`),
  );
  const endpoint = new VpcEndpoint(
    `${name}-endpoint`,
    {
      vpcId: from(context, 'network', 'vpcId'),
      serviceName: link.endpointServiceName,
      vpcEndpointType: 'Interface',
      subnetIds: privateSubnets(context),
      securityGroupIds: [group.id],
      tags: tagged(context, `${name}-endpoint`),
    },
    options(context, `${name}-endpoint`),
  );
  return new PrivateLinkEndpointService(
    `${name}-service`,
    {
      projectId,
      providerName: 'AWS',
      privateLinkId: link.privateLinkId,
      endpointServiceId: endpoint.id,
    },
    options(atlas, `${name}-service`),
  );
}
