/** How much of a cloud's quotas a plan needs, so that a promotion stops before it makes half an environment. Pure. */
import type { Change } from './operation.ts';

export interface QuotaNeed {
  /** As the cloud names it. */
  readonly quota: string;
  /** Code of Service Quotas on AWS, metric on Google. */
  readonly code: string;
  /** Service of Service Quotas on AWS; `compute` on Google. */
  readonly service: string;
  /** What the plan adds. */
  readonly adds: number;
  /** What a new account has (AWS General Reference and documentation of Compute Engine, read 2026-11). */
  readonly usual: number;
}

interface Counted extends Omit<QuotaNeed, 'adds'> {
  readonly type: string;
}

const counted: readonly Counted[] = [
  { type: 'aws:ec2/eip:Eip', quota: 'Elastic IP addresses', service: 'ec2', code: 'L-0263D0A3', usual: 5 },
  { type: 'aws:ec2/vpc:Vpc', quota: 'VPCs in the region', service: 'vpc', code: 'L-F678F1CE', usual: 5 },
  {
    type: 'aws:ec2/internetGateway:InternetGateway',
    quota: 'internet gateways in the region',
    service: 'vpc',
    code: 'L-A4707A72',
    usual: 5,
  },
  { type: 'aws:eks/cluster:Cluster', quota: 'EKS clusters', service: 'eks', code: 'L-1194D53C', usual: 100 },
  { type: 'aws:rds/instance:Instance', quota: 'RDS instances', service: 'rds', code: 'L-7B6409FD', usual: 40 },
  {
    type: 'aws:lb/loadBalancer:LoadBalancer',
    quota: 'network load balancers',
    service: 'elasticloadbalancing',
    code: 'L-69A177A2',
    usual: 50,
  },
  { type: 'gcp:compute/network:Network', quota: 'networks', service: 'compute', code: 'NETWORKS', usual: 5 },
  {
    type: 'gcp:compute/address:Address',
    quota: 'static addresses in the region',
    service: 'compute',
    code: 'STATIC_ADDRESSES',
    usual: 8,
  },
  {
    type: 'gcp:compute/globalAddress:GlobalAddress',
    quota: 'global static addresses',
    service: 'compute',
    code: 'GLOBAL_STATIC_ADDRESSES',
    usual: 8,
  },
  { type: 'gcp:compute/router:Router', quota: 'Cloud Routers', service: 'compute', code: 'ROUTERS', usual: 10 },
  { type: 'gcp:compute/firewall:Firewall', quota: 'firewall rules', service: 'compute', code: 'FIREWALLS', usual: 100 },
];

/** Only what is made anew counts; a replacement needs the new one beside the old. */
export function quotasNeeded(changes: readonly Change[]): QuotaNeed[] {
  return counted.flatMap(({ type, ...quota }) => {
    const adds = changes.filter(
      (change) => change.type === type && (change.kind === 'create' || change.kind === 'replace') && isPublic(change),
    ).length;
    return adds === 0 ? [] : [{ ...quota, adds }];
  });
}

/** Addresses inside a subnet are no static addresses of the quota. */
function isPublic({ type, inputs }: Change): boolean {
  return type !== 'gcp:compute/address:Address' || inputs['addressType'] !== 'INTERNAL';
}
