/** Roles of what the platform runs inside EKS: AWS Load Balancer Controller and Cluster Autoscaler. */
import { PodIdentityAssociation } from '@pulumi/aws/eks/podIdentityAssociation.js';
import { type Output, output } from '@pulumi/pulumi';
import { environmentTags } from '../../src/app/tags.ts';
import { from, options, part, tagged } from '../context.ts';
import { type AwsContext, arn } from './context.ts';
import type { Statement } from './policy-document.ts';
import { makeServiceRole } from './roles.ts';

interface Controller {
  readonly name: string;
  readonly namespace: string;
  readonly account: string;
  readonly statements: (context: AwsContext) => Statement[];
}

const controllers: readonly Controller[] = [
  {
    name: 'load-balancer-controller',
    namespace: 'kube-system',
    account: 'aws-load-balancer-controller',
    statements: bindingStatements,
  },
  {
    name: 'cluster-autoscaler',
    namespace: 'kube-system',
    account: 'cluster-autoscaler',
    statements: scalingStatements,
  },
];

/** ARNs by name of the controller. */
export function makeControllers(context: AwsContext): Record<string, Output<string>> {
  return part(context, 'identity:Controllers', 'controllers', (inside) => {
    const made = controllers.map(({ name, namespace, account, statements }) => {
      const role = makeServiceRole(inside, name, 'pods.eks.amazonaws.com', [], statements(inside));
      const association = `role-${name}-pods`;
      new PodIdentityAssociation(
        association,
        {
          clusterName: from(inside, 'cluster', 'clusterName'),
          namespace,
          serviceAccount: account,
          roleArn: role.arn,
          tags: tagged(inside, association),
        },
        options(inside, association),
      );
      return [name, role.arn] as const;
    });
    return Object.fromEntries(made);
  });
}

/**
 * The load balancer is ours, so the controller only puts pods into target groups. From the controller's own document
 * (docs/install/iam_policy.json of aws-load-balancer-controller) that is this part. Describing knows no resources.
 */
function bindingStatements(context: AwsContext): Statement[] {
  const describe = ['TargetGroups', 'TargetHealth', 'LoadBalancers', 'Listeners', 'Tags', 'TargetGroupAttributes'];
  const look = ['AvailabilityZones', 'Vpcs', 'Subnets', 'SecurityGroups', 'Instances', 'NetworkInterfaces', 'Tags'];
  return [
    {
      Sid: 'Describe',
      Action: [
        ...describe.map((what) => `elasticloadbalancing:Describe${what}`),
        ...look.map((what) => `ec2:Describe${what}`),
      ],
      Resource: '*',
    },
    {
      Sid: 'Targets',
      Action: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
      // Names of target groups are cut short where the environment's is long; their tags never are.
      Resource: arn(context, 'elasticloadbalancing', 'targetgroup/opta-*/*'),
      Condition: { StringEquals: ofEnvironment(context) },
    },
  ];
}

/** Holds for what the stacks of this environment made: their provider puts these tags on everything. */
function ofEnvironment({ input }: AwsContext): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environmentTags(input)).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  );
}

/** From the autoscaler's own document (cloudprovider/aws/README.md); changing is for groups of this cluster only. */
function scalingStatements(context: AwsContext): Statement[] {
  const cluster = from(context, 'cluster', 'clusterName');
  const groups = ['AutoScalingGroups', 'AutoScalingInstances', 'LaunchConfigurations', 'ScalingActivities', 'Tags'];
  const machines = ['Images', 'InstanceTypes', 'LaunchTemplateVersions'];
  return [
    {
      Sid: 'Describe',
      Action: [
        ...groups.map((what) => `autoscaling:Describe${what}`),
        ...machines.map((what) => `ec2:Describe${what}`),
        'ec2:GetInstanceTypesFromInstanceRequirements',
        'eks:DescribeNodegroup',
      ],
      Resource: '*',
    },
    {
      Sid: 'Scale',
      Action: ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
      Resource: arn(context, 'autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*'),
      Condition: {
        StringEquals: { 'aws:ResourceTag/eks:cluster-name': output(cluster) },
      },
    },
  ];
}
