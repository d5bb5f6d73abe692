/** Managed node groups over all zones: encrypted disks, IMDSv2, and a name that changes when the machines must. */
import { Tag } from '@pulumi/aws/autoscaling/tag.js';
import { LaunchTemplate } from '@pulumi/aws/ec2/launchTemplate.js';
import { NodeGroup } from '@pulumi/aws/eks/nodeGroup.js';
import type { Input, Resource } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import type { NodeGroupPlan } from '../../src/app/nodes-of-cluster.ts';
import { from, options, part, tagged } from '../context.ts';
import type { AwsContext } from './context.ts';
import { makeServiceRole, type ServiceRole } from './roles.ts';
import { privateSubnets } from './subnets.ts';

export function makeNodeRole(context: AwsContext): ServiceRole {
  return part(context, 'cluster:NodeRole', 'node-role', (inside) => {
    const policies = ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly'];
    return makeServiceRole(inside, 'nodes', 'ec2.amazonaws.com', policies);
  });
}

export interface NodesInput {
  readonly plans: readonly NodeGroupPlan[];
  readonly cluster: Input<string>;
  /** The group that EKS gives to the control plane and its nodes. */
  readonly groupId: Input<string>;
  readonly role: ServiceRole;
  readonly needs: readonly Resource[];
}

export function makeNodes(context: AwsContext, input: NodesInput): Resource[] {
  return part(context, 'cluster:Nodes', 'nodes', (inside) => input.plans.map((plan) => makeGroup(inside, input, plan)));
}

function makeGroup(context: AwsContext, input: NodesInput, plan: NodeGroupPlan): Resource {
  const resource = `nodes-${plan.name}`;
  const template = launchTemplate(context, input, plan);
  const group = new NodeGroup(
    resource,
    {
      clusterName: input.cluster,
      nodeGroupName: environmentName(context.environment, plan.name, 63),
      nodeRoleArn: input.role.arn,
      subnetIds: privateSubnets(context),
      amiType: imageOf(plan),
      capacityType: plan.spot ? 'SPOT' : 'ON_DEMAND',
      instanceTypes: [plan.instanceType],
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      scalingConfig: { minSize: plan.min, maxSize: plan.max, desiredSize: Math.max(plan.min, 1) },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      labels: { ...plan.labels, 'opta.dev/group': plan.name },
      taints: plan.taints.map(({ key, value, effect }) => ({ key, value, effect })),
      tags: tagged(context, resource),
    },
    {
      ...options(context, resource),
      dependsOn: [...input.needs, ...input.role.ready],
      // The autoscaler moves it.
      ignoreChanges: ['scalingConfig.desiredSize'],
    },
  );
  scaleFromZero(context, plan, group);
  return group;
}

function imageOf({ imageType, architecture, gpu }: NodeGroupPlan): string {
  if (imageType !== undefined) return imageType;
  if (architecture === 'arm64') return 'AL2023_ARM_64_STANDARD';
  return gpu ? 'AL2023_x86_64_NVIDIA' : 'AL2023_x86_64_STANDARD';
}

function launchTemplate(context: AwsContext, { groupId }: NodesInput, plan: NodeGroupPlan): LaunchTemplate {
  const resource = `nodes-template-${plan.name}`;
  const bottlerocket = plan.imageType?.startsWith('BOTTLEROCKET') === true;
  const disk = {
    volumeType: 'gp3',
    volumeSize: plan.diskSize,
    encrypted: 'true',
    kmsKeyId: from(context, 'network', 'keyVolumes'),
    deleteOnTermination: 'true',
  };
  return new LaunchTemplate(
    resource,
    {
      name: environmentName(context.environment, plan.name, 128),
      vpcSecurityGroupIds: [groupId, from(context, 'network', 'nodeGroupId')],
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ deviceName: bottlerocket ? '/dev/xvdb' : '/dev/xvda', ebs: disk }],
      ...(plan.userData === undefined ? {} : { userData: mime(plan.userData, bottlerocket) }),
      tagSpecifications: ['instance', 'volume'].map((resourceType) => ({
        resourceType,
        tags: { Name: `opta-${context.environment}-${plan.name}` },
      })),
      updateDefaultVersion: true,
      tags: tagged(context, resource),
    },
    options(context, resource),
  );
}

/** EKS adds its own part to a script of many parts; Bottlerocket reads settings, no script. */
function mime(script: string, plain: boolean): string {
  if (plain) return Buffer.from(script).toString('base64');
  const lines = [
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="//"',
    '',
    '--//',
    'Content-Type: text/x-shellscript; charset="us-ascii"',
    '',
    script,
    '--//--',
    '',
  ];
  return Buffer.from(lines.join('\n')).toString('base64');
}

/** With no node to look at, the autoscaler reads labels and taints from tags of the group. */
function scaleFromZero(context: AwsContext, plan: NodeGroupPlan, group: NodeGroup): void {
  if (plan.min > 0) return;
  const prefix = 'k8s.io/cluster-autoscaler/node-template';
  const tags = [
    ...Object.entries(plan.labels).map(([key, value]) => ({ key: `${prefix}/label/${key}`, value })),
    ...plan.taints.map(({ key, value, effect }) => ({
      key: `${prefix}/taint/${key}`,
      value: `${value}:${kubernetesEffect(effect)}`,
    })),
  ];
  const autoscalingGroupName = group.resources.apply((made) => made[0]?.autoscalingGroups?.[0]?.name ?? '');
  for (const { key, value } of tags) {
    const name = `nodes-tag-${plan.name}-${key.slice(prefix.length + 1).replaceAll('/', '-')}`;
    new Tag(name, { autoscalingGroupName, tag: { key, value, propagateAtLaunch: true } }, options(context, name));
  }
}

function kubernetesEffect(effect: string): string {
  const words = effect.toLowerCase().split('_');
  return words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('');
}
