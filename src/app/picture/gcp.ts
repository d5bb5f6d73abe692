/** The surroundings on GCP: regional subnet, Cloud NAT, global load balancer, GKE, private services. */
import type { App } from '../app.ts';
import * as cloud from './cloud.ts';
import { inNetwork } from './resources.ts';
import type { Area, Spot, Surroundings } from './shape.ts';

/** Each range of module `base`, as text; empty where the module is not there. */
function rangesOf(app: App): string[] {
  const base = cloud.moduleOf(app, 'base', 'gcp-base');
  const named = { nodes: 'private', pods: 'cluster', services: 'services' };
  return Object.entries(named).flatMap(([name, key]) => {
    const range = cloud.textOf(base, `${key}_ipv4_cidr_block`);
    return range === undefined ? [] : [`${name} ${range}`];
  });
}

function areasOf(app: App): Area[] {
  const { region, project } = app.provider === 'google' ? app.providerSettings : {};
  const nodes = cloud.nodesFact(cloud.moduleOf(app, 'k8s-cluster', 'gcp-gke'), true);
  const ranges = rangesOf(app);
  return [
    {
      id: 'region',
      kind: 'region',
      title: region === undefined ? 'Google Cloud' : `Google Cloud ${region}`,
      facts: project === undefined ? [] : [`project ${project}`],
    },
    { id: 'edge', kind: 'managed', title: 'edge of the VPC', facts: [], inside: 'region' },
    {
      id: 'network',
      kind: 'network',
      title: 'VPC',
      facts: ['firewall denies by default', 'flow logs'],
      inside: 'region',
    },
    {
      id: 'private',
      kind: 'subnets',
      title: 'regional private subnet',
      facts: [...(ranges.length > 0 ? [ranges.join(', ')] : []), 'private access to Google APIs'],
      inside: 'network',
      zones: cloud.zones,
    },
    {
      id: 'cluster',
      kind: 'cluster',
      title: 'GKE cluster, private nodes',
      facts: [...(nodes === undefined ? [] : [nodes]), cloud.meshFact(app)],
      inside: 'private',
    },
    ...(app.resources.some(({ type }) => inNetwork(type))
      ? [
          {
            id: 'data',
            kind: 'subnets',
            title: 'private service addresses',
            facts: ['no address on the internet'],
            inside: 'network',
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

export function gcpSurroundings(app: App): Surroundings {
  const certificate = cloud.certificateOf(app, 'Certificate Manager');
  const controller = cloud.controllerOf(app, 'gcp', certificate);
  const balancer: Spot = {
    id: 'load-balancer',
    kind: 'load-balancer',
    title: 'global load balancer',
    facts: ['external, HTTP(S)', certificate.fact, 'TLS 1.2 or newer'],
    inside: 'edge',
    sidecar: false,
  };
  const nat: Spot = {
    id: 'nat',
    kind: 'nat',
    title: 'Cloud NAT',
    facts: ['regional, two reserved addresses'],
    inside: 'edge',
    sidecar: false,
  };
  return {
    areas: areasOf(app),
    spots: [cloud.internet, cloud.outside, balancer, nat, ...(controller.enabled ? [controller.spot] : [])],
    edges: [...controller.edges, ...cloud.outboundEdges(['from two fixed addresses'])],
    undecided: [
      ...cloud.undecidedProvider(app, 'gcp'),
      'The zones by name: Google takes three of the region.',
      ...(certificate.undecided === undefined ? [] : [certificate.undecided]),
      ...(controller.enabled ? [] : ['What is behind the load balancer: nginx_enabled is false.']),
    ],
    layersIn: 'cluster',
    resourceIn: (type) => (inNetwork(type) ? 'data' : 'managed'),
    ingress: controller.enabled ? 'ingress' : undefined,
    mesh: controller.mesh,
  };
}
