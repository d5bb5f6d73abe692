/** Stack `cluster` on Google Cloud: GKE with private nodes, reached by its DNS name only. */
import { Cluster } from '@pulumi/gcp/container/cluster.js';
import { interpolate, type Output, type Resource } from '@pulumi/pulumi';
import { clusterName } from '../../src/app/names.ts';
import { nodeGroupsOf } from '../../src/app/nodes-of-cluster.ts';
import type { StackInput } from '../../src/app/stacks.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Gives } from '../made.ts';
import { settingsOf, text } from '../settings.ts';
import { addressesOf } from './addresses-of.ts';
import { type GcpContext, gcpContext } from './context.ts';
import { makeNodeAccount, makeNodes } from './nodes.ts';
import { podRange, serviceRange } from './vpc.ts';

export async function cluster(input: StackInput): Promise<Gives<'gcp', 'cluster'>> {
  const context = gcpContext(input);
  const account = makeNodeAccount(context);
  const made = makeCluster(context, account.email, account.ready);
  const plans = [...nodeGroupsOf(input.app), ...(input.keptNodeGroups ?? [])];
  makeNodes(context, { plans, cluster: made.name, account: account.email, needs: account.ready });
  return {
    clusterName: made.name,
    clusterId: made.id,
    endpoint: endpointOf(made),
    ca: made.masterAuth.apply((auth) => auth?.clusterCaCertificate ?? ''),
    version: made.masterVersion,
    workloadPool: `${context.project}.svc.id.goog`,
    nodeAccount: account.email,
    nodeGroups: JSON.stringify(plans),
  };
}

/** The DNS name, whose certificate every machine trusts. */
function endpointOf(cluster: Cluster): Output<string> {
  const name = cluster.controlPlaneEndpointsConfig.apply((config) => config?.dnsEndpointConfig?.endpoint ?? '');
  return interpolate`https://${name}`;
}

function makeCluster(context: GcpContext, serviceAccount: Output<string>, needs: readonly Resource[]): Cluster {
  const settings = settingsOf(context.input.app, 'k8s-cluster');
  return part(context, 'cluster:Gke', 'gke', (inside) => {
    return new Cluster(
      'cluster',
      {
        name: clusterName(inside.environment),
        location: inside.region,
        nodeLocations: [...inside.input.zones],
        network: from(inside, 'network', 'vpcSelfLink'),
        subnetwork: from(inside, 'network', 'subnetSelfLink'),
        networkingMode: 'VPC_NATIVE',
        ipAllocationPolicy: { clusterSecondaryRangeName: podRange, servicesSecondaryRangeName: serviceRange },
        privateClusterConfig: {
          enablePrivateNodes: true,
          masterIpv4CidrBlock: addressesOf(inside.input).controlPlane,
        },
        controlPlaneEndpointsConfig: {
          dnsEndpointConfig: { allowExternalTraffic: true },
          // Neither a public nor a private address: a private endpoint beside this would ask for authorised networks.
          ipEndpointsConfig: { enabled: false },
        },
        datapathProvider: 'ADVANCED_DATAPATH',
        workloadIdentityConfig: { workloadPool: `${inside.project}.svc.id.goog` },
        databaseEncryption: { state: 'ENCRYPTED', keyName: from(inside, 'network', 'keyCluster') },
        releaseChannel: { channel: text(settings, 'gke_channel') ?? 'REGULAR' },
        enableShieldedNodes: true,
        masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
        addonsConfig: {
          httpLoadBalancing: { disabled: false },
          gcePersistentDiskCsiDriverConfig: { enabled: true },
        },
        loggingConfig: { enableComponents: ['SYSTEM_COMPONENTS', 'WORKLOADS', 'APISERVER'] },
        monitoringConfig: { enableComponents: ['SYSTEM_COMPONENTS'], managedPrometheus: { enabled: true } },
        securityPostureConfig: { mode: 'BASIC', vulnerabilityMode: 'VULNERABILITY_DISABLED' },
        // A cluster is born with a pool that goes at once; ours are resources of their own.
        removeDefaultNodePool: true,
        initialNodeCount: 1,
        nodeConfig: {
          serviceAccount,
          bootDiskKmsKey: from(inside, 'network', 'keyVolumes'),
          shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        },
        deletionProtection: inside.production,
        resourceLabels: tagged(inside, 'cluster'),
      },
      {
        ...options(inside, 'cluster', { protect: inside.production }),
        dependsOn: [...needs],
        ignoreChanges: ['nodeConfig', 'initialNodeCount'],
        customTimeouts: { create: '60m', update: '60m' },
      },
    );
  });
}
