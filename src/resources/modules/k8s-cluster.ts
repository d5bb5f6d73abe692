/** k8s-cluster, aws-nodegroup and gcp-nodepool: the cluster and its nodes. */
import {
  aws,
  bool,
  cloud,
  field,
  gcp,
  int,
  list,
  nowhere,
  object,
  oneOf,
  pattern,
  text,
  texts,
  types,
  word,
} from '../field.ts';
import { moduleType, onClouds } from '../module-type.ts';

/** The oldest version of Kubernetes in the standard support of EKS: 1.33 left it on 2026-07-29 (release calendar of EKS, read 2026-11). */
export const oldestKubernetes = '1.34';

const nodes = (min: number, max: number, defaults: { aws: number; gcp: number }, doc: string) =>
  int(min, max, doc, { default: defaults.aws, defaultOn: { gcp: defaults.gcp }, on: cloud });

const instance = pattern(/^(?!.*(micro|nano)).+$/, 'larger than micro and nano, which hold too few pods');

const amiTypes = [
  'AL2_x86_64',
  'AL2_x86_64_GPU',
  'AL2_ARM_64',
  'AL2023_x86_64_STANDARD',
  'AL2023_ARM_64_STANDARD',
  'BOTTLEROCKET_ARM_64',
  'BOTTLEROCKET_x86_64',
];

const nodeFields = {
  node_disk_size: int(10, 16_384, 'GB of disk of a node.', { default: 20, on: cloud }),
  node_instance_type: field(instance, 'Type of the machines.', {
    default: 't3.medium',
    defaultOn: { gcp: 'n2-highcpu-4' },
    on: cloud,
  }),
  spot_instances: bool('Cheaper machines that may be taken away.', { default: false, on: aws }),
  preemptible: bool('Cheaper machines that may be taken away.', { default: false, on: gcp }),
  ami_type: oneOf(amiTypes, 'Image of the machines.', { on: aws }),
} as const;

const taint = object({
  key: text('Key.', { required: true }),
  value: text('Value.', { default: 'opta' }),
  effect: oneOf(
    ['NO_SCHEDULE', 'NO_EXECUTE', 'PREFER_NO_SCHEDULE', 'NoSchedule', 'NoExecute', 'PreferNoSchedule'],
    'Effect.',
    { default: 'NO_SCHEDULE' },
  ),
});

export const k8sCluster = moduleType({
  name: 'k8s-cluster',
  concrete: { aws: 'aws-eks', google: 'gcp-gke', azurerm: 'azure-aks' },
  kind: 'other',
  environment: true,
  ownLocally: true,
  unique: true,
  doc: 'The Kubernetes cluster of an environment.',
  fields: {
    min_nodes: nodes(0, 1000, { aws: 3, gcp: 1 }, 'Nodes at least; on Google per zone.'),
    max_nodes: nodes(1, 1000, { aws: 5, gcp: 5 }, 'Nodes at most; on Google per zone.'),
    ...nodeFields,
    k8s_version: field(types.word, 'Version of Kubernetes; one no longer offered becomes the oldest supported.', {
      on: aws,
    }),
    eks_log_retention: int(0, 3653, 'Days that logs of the control plane are kept.', { default: 7, on: aws }),
    control_plane_security_groups: field(texts, 'Further security groups of the control plane.', {
      default: [],
      on: aws,
    }),
    enable_metrics: bool('Metrics of the node group.', { default: false, on: aws }),
    node_launch_template: field(
      object({ user_data: text('Script that a node runs when it starts.') }),
      'Settings of the launch template.',
      { on: aws },
    ),
    gke_channel: oneOf(['REGULAR', 'RAPID', 'STABLE'], 'Release channel.', { default: 'REGULAR', on: gcp }),
    kubernetes_version: word('Version on Azure.', { on: nowhere }),
    admin_group_object_ids: field(texts, 'Administrators on Azure.', { on: nowhere }),
    service_cidr: text('Service range on Azure.', { on: nowhere }),
    dns_service_ip: text('Address of DNS on Azure.', { on: nowhere }),
  },
  outputs: {
    k8s_endpoint: 'URL of the API.',
    k8s_ca_data: 'Certificate authority of the API.',
    k8s_cluster_name: 'Name of the cluster.',
    k8s_openid_provider_url: 'URL of the identity provider (AWS).',
    k8s_openid_provider_arn: 'ARN of the identity provider (AWS).',
    k8s_node_group_security_id: 'Security group of the nodes (AWS).',
    k8s_version: 'Version of Kubernetes (AWS).',
    client_cert: 'Client certificate (Azure).',
    client_key: 'Client key (Azure).',
  },
  on: onClouds(
    'an EKS cluster with managed nodes in three zones',
    'a regional GKE cluster with private nodes',
    'nothing: kind brings its own cluster, process has none',
  ),
});

export const awsNodegroup = moduleType({
  name: 'aws-nodegroup',
  concrete: { aws: 'aws-nodegroup' },
  kind: 'other',
  environment: true,
  ownLocally: true,
  doc: 'Further nodes of another kind.',
  fields: {
    labels: field({ kind: 'map', of: types.text }, 'Labels of the nodes.', { default: {} }),
    min_nodes: nodes(0, 1000, { aws: 3, gcp: 1 }, 'Nodes at least.'),
    max_nodes: nodes(1, 1000, { aws: 15, gcp: 5 }, 'Nodes at most.'),
    ...nodeFields,
    taints: list(taint, 'Taints of the nodes.', { default: [] }),
    use_gpu: bool('Machines with a GPU.', { default: false }),
  },
  outputs: {},
  on: onClouds('a managed node group', 'not there: use gcp-nodepool', 'nothing: it has no nodes to choose'),
});

export const gcpNodepool = moduleType({
  name: 'gcp-nodepool',
  concrete: { google: 'gcp-nodepool' },
  kind: 'other',
  environment: true,
  ownLocally: true,
  doc: 'Further nodes of another kind.',
  fields: {
    labels: field({ kind: 'map', of: types.text }, 'Labels of the nodes.', { default: {} }),
    min_nodes: nodes(0, 1000, { aws: 1, gcp: 1 }, 'Nodes at least, per zone.'),
    max_nodes: nodes(1, 1000, { aws: 5, gcp: 5 }, 'Nodes at most, per zone.'),
    ...nodeFields,
    gke_channel: oneOf(['REGULAR', 'RAPID', 'STABLE'], 'Release channel.', { default: 'REGULAR' }),
    taints: list(taint, 'Taints of the nodes.', { default: [] }),
  },
  outputs: {},
  on: onClouds('not there: use aws-nodegroup', 'a node pool', 'nothing: it has no nodes to choose'),
});
