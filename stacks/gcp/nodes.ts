/** Node pools over three zones: private, shielded, encrypted disks, and an account that can do only what nodes must. */
import { RepositoryIamMember } from '@pulumi/gcp/artifactregistry/repositoryIamMember.js';
import { NodePool } from '@pulumi/gcp/container/nodePool.js';
import { IAMMember } from '@pulumi/gcp/projects/iammember.js';
import { Account } from '@pulumi/gcp/serviceaccount/account.js';
import { type Input, interpolate, type Output, type Resource } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import type { NodeGroupPlan } from '../../src/app/nodes-of-cluster.ts';
import { from, options, part, tagged } from '../context.ts';
import type { GcpContext } from './context.ts';
import { nodeTag } from './firewall.ts';

export interface NodeAccount {
  readonly email: Output<string>;
  readonly ready: readonly Resource[];
}

/** The account that Compute Engine gives by default may edit the whole project. */
export function makeNodeAccount(context: GcpContext): NodeAccount {
  return part(context, 'cluster:NodeAccount', 'node-identity', (inside) => {
    const account = new Account(
      'node-account',
      {
        accountId: environmentName(inside.environment, 'nodes', 30),
        displayName: `Nodes of ${inside.environment}`,
      },
      options(inside, 'node-account'),
    );
    const member = interpolate`serviceAccount:${account.email}`;
    const role = new IAMMember(
      'node-account-role',
      { project: inside.project, role: 'roles/container.defaultNodeServiceAccount', member },
      options(inside, 'node-account-role'),
    );
    const images = new RepositoryIamMember(
      'node-account-images',
      {
        location: inside.region,
        repository: from(inside, 'network', 'repositoryName'),
        role: 'roles/artifactregistry.reader',
        member,
      },
      options(inside, 'node-account-images'),
    );
    return { email: account.email, ready: [role, images] };
  });
}

export interface NodesInput {
  readonly plans: readonly NodeGroupPlan[];
  readonly cluster: Input<string>;
  readonly account: Input<string>;
  readonly needs: readonly Resource[];
}

export function makeNodes(context: GcpContext, input: NodesInput): void {
  part(context, 'cluster:Nodes', 'nodes', (inside) => {
    for (const plan of input.plans) makePool(inside, input, plan);
    return {};
  });
}

function makePool(context: GcpContext, input: NodesInput, plan: NodeGroupPlan): void {
  const resource = `nodes-${plan.name}`;
  new NodePool(
    resource,
    {
      name: plan.name,
      cluster: input.cluster,
      location: context.region,
      nodeLocations: [...context.input.zones],
      initialNodeCount: Math.max(plan.min, 1),
      autoscaling: { minNodeCount: plan.min, maxNodeCount: plan.max },
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: 'SURGE', maxSurge: 1, maxUnavailable: 0 },
      networkConfig: { enablePrivateNodes: true },
      nodeConfig: {
        machineType: plan.instanceType,
        spot: plan.spot,
        imageType: 'COS_CONTAINERD',
        diskType: 'pd-balanced',
        diskSizeGb: plan.diskSize,
        bootDiskKmsKey: from(context, 'network', 'keyVolumes'),
        serviceAccount: input.account,
        oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'],
        workloadMetadataConfig: { mode: 'GKE_METADATA' },
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        metadata: { 'disable-legacy-endpoints': 'true' },
        tags: [nodeTag(context.environment)],
        labels: { ...plan.labels, 'opta.dev/group': plan.name },
        taints: plan.taints.map(({ key, value, effect }) => ({ key, value, effect })),
        resourceLabels: tagged(context, resource),
      },
    },
    {
      ...options(context, resource),
      dependsOn: [...input.needs],
      // The autoscaler moves it.
      ignoreChanges: ['initialNodeCount', 'nodeCount'],
    },
  );
}
