/** Stack `cluster` on AWS: EKS with its logs, its add-ons and its nodes. */
import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { AccessEntry } from '@pulumi/aws/eks/accessEntry.js';
import { AccessPolicyAssociation } from '@pulumi/aws/eks/accessPolicyAssociation.js';
import { Cluster } from '@pulumi/aws/eks/cluster.js';
import type { Input } from '@pulumi/pulumi';
import { clusterName, hashOf } from '../../src/app/names.ts';
import { nodeGroupsOf } from '../../src/app/nodes-of-cluster.ts';
import type { StackInput } from '../../src/app/stacks.ts';
import { eksVersion } from '../../src/resources/kubernetes-support.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Gives } from '../made.ts';
import { number, settingsOf, text, texts } from '../settings.ts';
import { retentionDays, serviceRange } from '../sizing.ts';
import { makeAddons } from './addons.ts';
import { type AwsContext, awsContext } from './context.ts';
import { makeNodeRole, makeNodes } from './nodes.ts';
import { reachableFrom } from './reach.ts';
import { makeServiceRole } from './roles.ts';
import { clusterSubnets } from './subnets.ts';

const logTypes = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

export async function cluster(input: StackInput): Promise<Gives<'aws', 'cluster'>> {
  const context = awsContext(input);
  const settings = settingsOf(input.app, 'k8s-cluster');
  const made = makeCluster(context, settings);
  admit(context, made.name);
  const role = makeNodeRole(context);
  const early = makeAddons(context, made.name, 'before nodes', []);
  const plans = [...nodeGroupsOf(input.app), ...(input.keptNodeGroups ?? [])];
  const groupId = made.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId);
  const nodes = makeNodes(context, { plans, cluster: made.name, groupId, role, needs: early });
  makeAddons(context, made.name, 'after nodes', nodes);
  return {
    clusterName: made.name,
    clusterArn: made.arn,
    endpoint: made.endpoint,
    ca: made.certificateAuthority.apply(({ data }) => data ?? ''),
    version: made.version,
    issuer: made.identities.apply((identities) => identities[0]?.oidcs?.[0]?.issuer ?? ''),
    clusterGroupId: groupId,
    nodeRoleArn: role.arn,
    nodeGroups: JSON.stringify(plans),
  };
}

function makeCluster(context: AwsContext, settings: Readonly<Record<string, unknown>>): Cluster {
  return part(context, 'cluster:Eks', 'eks', (inside) => {
    const name = clusterName(inside.environment);
    const logs = new LogGroup(
      'cluster-log-group',
      {
        // EKS makes it itself, without our key and for ever, when it is not there first.
        name: `/aws/eks/${name}/cluster`,
        kmsKeyId: from(inside, 'network', 'keyLogs'),
        retentionInDays: retentionDays(number(settings, 'eks_log_retention', 7)),
        tags: tagged(inside, 'cluster-log-group'),
      },
      options(inside, 'cluster-log-group'),
    );
    const role = makeServiceRole(inside, 'cluster', 'eks.amazonaws.com', ['AmazonEKSClusterPolicy']);
    const range = text(settingsOf(inside.input.app, 'base'), 'total_ipv4_cidr_block') ?? inside.input.addressRange;
    return new Cluster(
      'cluster',
      {
        name,
        version: text(settings, 'k8s_version') ?? eksVersion,
        roleArn: role.arn,
        accessConfig: {
          authenticationMode: 'API',
          // Whoever promotes is let in below, by an entry of their own: a second one for its maker would be refused.
          bootstrapClusterCreatorAdminPermissions: false,
        },
        bootstrapSelfManagedAddons: false,
        vpcConfig: {
          subnetIds: clusterSubnets(inside),
          securityGroupIds: texts(settings, 'control_plane_security_groups') ?? [],
          endpointPrivateAccess: true,
          endpointPublicAccess: true,
          publicAccessCidrs: reachableFrom(inside),
        },
        kubernetesNetworkConfig: { ipFamily: 'ipv4', serviceIpv4Cidr: serviceRange(range) },
        encryptionConfig: { provider: { keyArn: from(inside, 'network', 'keyCluster') }, resources: ['secrets'] },
        enabledClusterLogTypes: logTypes,
        upgradePolicy: { supportType: 'STANDARD' },
        deletionProtection: inside.production,
        tags: tagged(inside, 'cluster'),
      },
      {
        ...options(inside, 'cluster', { protect: inside.production }),
        dependsOn: [logs, ...role.ready],
        // It counts when a cluster is made; to change it later would make the cluster anew.
        ignoreChanges: ['accessConfig.bootstrapClusterCreatorAdminPermissions'],
      },
    );
  });
}

/** Administrators: whom the file names, and who promotes. */
function admit(context: AwsContext, cluster: Input<string>): void {
  const written = texts(settingsOf(context.input.app, 'k8s-base'), 'admin_arns') ?? [];
  const administrators = [...new Set([...written, ...(context.input.administrators ?? [])])].sort();
  if (administrators.length === 0) return;
  part(context, 'cluster:Access', 'access', (inside) => {
    for (const principalArn of administrators) {
      const name = `access-${hashOf(principalArn)}`;
      const entry = new AccessEntry(
        name,
        { clusterName: cluster, principalArn, type: 'STANDARD', tags: tagged(inside, name) },
        options(inside, name),
      );
      new AccessPolicyAssociation(
        `${name}-policy`,
        {
          clusterName: cluster,
          principalArn: entry.principalArn,
          policyArn: `arn:${inside.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
          accessScope: { type: 'cluster' },
        },
        options(inside, `${name}-policy`),
      );
    }
    return {};
  });
}
