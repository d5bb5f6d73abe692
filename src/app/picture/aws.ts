/** The surroundings on AWS: VPC over three zones, NAT, network load balancer, EKS, data subnets. */
import type { App } from '../app.ts';
import * as cloud from './cloud.ts';
import { inNetwork } from './resources.ts';
import type { Area, Spot, Surroundings } from './shape.ts';

/** The default of `total_ipv4_cidr_block`: then the first free range is taken, unless the file says the same. */
const defaultRange = '10.0.0.0/16';

function areasOf(app: App, range: string | undefined): Area[] {
  const { region, account_id: account } = app.provider === 'aws' ? app.providerSettings : {};
  const cluster = cloud.moduleOf(app, 'k8s-cluster', 'aws-eks');
  const own = cloud.textOf(cloud.moduleOf(app, 'base', 'aws-base'), 'vpc_id');
  const nodes = cloud.nodesFact(cluster, false);
  const zones = cloud.zones;
  return [
    {
      id: 'region',
      kind: 'region',
      title: region === undefined ? 'AWS' : `AWS ${region}`,
      facts: account === undefined ? [] : [`account ${account}`],
    },
    {
      id: 'network',
      kind: 'network',
      title: own ?? (range === undefined ? 'VPC' : `VPC ${range}`),
      facts: own === undefined ? ['flow logs, encrypted'] : ['a network of your own'],
      inside: 'region',
    },
    {
      id: 'public',
      kind: 'subnets',
      title: 'public subnets, one a zone',
      facts: [],
      inside: 'network',
      zones,
    },
    {
      id: 'private',
      kind: 'subnets',
      title: 'private subnets, one a zone',
      facts: ['gateway endpoints to S3 and DynamoDB'],
      inside: 'network',
      zones,
    },
    {
      id: 'cluster',
      kind: 'cluster',
      title: `EKS cluster${cloud.textOf(cluster, 'k8s_version') === undefined ? '' : ` ${cloud.textOf(cluster, 'k8s_version')}`}`,
      facts: [...(nodes === undefined ? [] : [nodes]), cloud.meshFact(app)],
      inside: 'private',
    },
    ...(app.resources.some(({ type }) => inNetwork(type))
      ? [
          {
            id: 'data',
            kind: 'subnets',
            title: 'data subnets, one a zone',
            facts: ['no route to the outside', 'open to the nodes only'],
            inside: 'network',
            zones,
          } as const,
        ]
      : []),
    ...(app.resources.some(({ type }) => !inNetwork(type))
      ? [
          {
            id: 'managed',
            kind: 'managed',
            title: 'beside the VPC',
            facts: ['reached with the identity of the service'],
            inside: 'region',
          } as const,
        ]
      : []),
  ];
}

export function awsSurroundings(app: App): Surroundings {
  const written = cloud.textOf(cloud.moduleOf(app, 'base', 'aws-base'), 'total_ipv4_cidr_block');
  const range = written === defaultRange ? undefined : written;
  const certificate = cloud.certificateOf(app, 'ACM');
  const controller = cloud.controllerOf(app, 'aws', certificate);
  const many = cloud.isProduction(app);
  const balancer: Spot = {
    id: 'load-balancer',
    kind: 'load-balancer',
    title: 'network load balancer',
    facts: ['over three public subnets', certificate.fact, 'TLS 1.3 policy'],
    inside: 'public',
    sidecar: false,
  };
  const nat: Spot = {
    id: 'nat',
    kind: 'nat',
    title: many ? 'NAT gateways' : 'NAT gateway',
    facts: many ? ['one in each zone', 'three fixed addresses'] : ['in one zone', 'one fixed address'],
    inside: 'public',
    sidecar: false,
  };
  return {
    areas: areasOf(app, range),
    spots: [cloud.internet, cloud.outside, balancer, nat, ...(controller.enabled ? [controller.spot] : [])],
    edges: [
      ...controller.edges,
      ...cloud.outboundEdges([many ? 'from three fixed addresses' : 'from one fixed address']),
    ],
    undecided: [
      ...cloud.undecidedProvider(app, 'aws'),
      ...(range === undefined
        ? ['The address range of the VPC: the one written in the file, else the first free /16 at the first promotion.']
        : []),
      'The zones by name: three are taken at the first promotion.',
      ...(certificate.undecided === undefined ? [] : [certificate.undecided]),
      ...(controller.enabled ? [] : ['What is behind the load balancer: nginx_enabled is false.']),
    ],
    layersIn: 'cluster',
    resourceIn: (type) => (inNetwork(type) ? 'data' : 'managed'),
    ingress: controller.enabled ? 'ingress' : undefined,
    mesh: controller.mesh,
  };
}
