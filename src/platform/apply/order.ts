/** Which objects go in together, and which before others. */
import type { KubernetesObject } from '@kubernetes/client-node';

/** Stage 2 holds what is not named: custom resources that workloads may need, such as policies of the mesh. */
const stages: readonly (readonly string[])[] = [
  ['Namespace', 'CustomResourceDefinition', 'PriorityClass', 'StorageClass', 'RuntimeClass'],
  [
    'ServiceAccount',
    'ClusterRole',
    'ClusterRoleBinding',
    'Role',
    'RoleBinding',
    'ResourceQuota',
    'LimitRange',
    'Secret',
    'ConfigMap',
    'NetworkPolicy',
    'PersistentVolumeClaim',
    'Service',
  ],
  [],
  ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'Pod', 'PodDisruptionBudget', 'HorizontalPodAutoscaler'],
  [
    'Ingress',
    'Gateway',
    'HTTPRoute',
    'GRPCRoute',
    'TraefikService',
    'APIService',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
  ],
];

export function stageOf({ kind = '' }: KubernetesObject): number {
  const found = stages.findIndex((kinds) => kinds.includes(kind));
  return found === -1 ? 2 : found;
}
