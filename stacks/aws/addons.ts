/** Add-ons of EKS: those that nodes need to become ready, and those that need nodes to run on. */
import { Addon } from '@pulumi/aws/eks/addon.js';
import type { Input, Resource } from '@pulumi/pulumi';
import { from, options, part, tagged } from '../context.ts';
import type { AwsContext } from './context.ts';
import type { Statement } from './policy-document.ts';
import { makeServiceRole } from './roles.ts';

interface AddonPlan {
  readonly name: string;
  /** The account of the cluster and the policies of AWS that its pods act with. */
  readonly identity?: { readonly account: string; readonly policies: readonly string[]; readonly keys?: 'volumes' };
  readonly values?: unknown;
}

const plans: Readonly<Record<'before nodes' | 'after nodes', readonly AddonPlan[]>> = {
  'before nodes': [
    { name: 'eks-pod-identity-agent' },
    {
      name: 'vpc-cni',
      identity: { account: 'aws-node', policies: ['AmazonEKS_CNI_Policy'] },
      values: {
        enableNetworkPolicy: 'true',
        env: { ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' },
      },
    },
    { name: 'kube-proxy' },
  ],
  'after nodes': [
    { name: 'coredns' },
    {
      name: 'aws-ebs-csi-driver',
      identity: { account: 'ebs-csi-controller-sa', policies: ['AmazonEBSCSIDriverPolicy'], keys: 'volumes' },
    },
    { name: 'metrics-server' },
  ],
};

export function makeAddons(
  context: AwsContext,
  clusterName: Input<string>,
  when: 'before nodes' | 'after nodes',
  needs: readonly Resource[],
): Resource[] {
  const title = when === 'before nodes' ? 'addons-first' : 'addons';
  return part(context, 'cluster:Addons', title, (inside) =>
    plans[when].map((plan) => makeAddon(inside, clusterName, plan, needs)),
  );
}

function makeAddon(context: AwsContext, clusterName: Input<string>, plan: AddonPlan, needs: readonly Resource[]) {
  const resource = `addon-${plan.name}`;
  const { identity, values } = plan;
  const role =
    identity === undefined
      ? undefined
      : makeServiceRole(
          context,
          plan.name,
          'pods.eks.amazonaws.com',
          identity.policies,
          identity.keys === undefined ? [] : volumeKey(context),
        );
  return new Addon(
    resource,
    {
      clusterName,
      addonName: plan.name,
      resolveConflictsOnCreate: 'OVERWRITE',
      resolveConflictsOnUpdate: 'OVERWRITE',
      ...(values === undefined ? {} : { configurationValues: JSON.stringify(values) }),
      ...(role === undefined || identity === undefined
        ? {}
        : { podIdentityAssociations: [{ roleArn: role.arn, serviceAccount: identity.account }] }),
      tags: tagged(context, resource),
    },
    { ...options(context, resource), dependsOn: [...needs, ...(role?.ready ?? [])] },
  );
}

/** Volumes are encrypted with our key, and the driver makes the grants for it. */
function volumeKey(context: AwsContext): Statement[] {
  const key = from(context, 'network', 'keyVolumes');
  return [
    {
      Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
      Resource: key,
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
    {
      Action: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      Resource: key,
    },
  ];
}
