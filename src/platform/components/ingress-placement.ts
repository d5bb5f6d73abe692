/** How many ingress controllers there are, and on which nodes of a local cluster. Pure. */
import type { V1PodSpec } from '@kubernetes/client-node';
import type { PureSettings } from './component.ts';

/** Of the node that the ports of this machine lead to. */
const label = 'opta.dev/ingress';
const wanted = 3;

/** Three where availability was asked for; on kind no more than nodes, as each takes the ports of its own. */
export function ingressReplicas({ choices, target, nodes }: PureSettings): number {
  if (!choices.ingressHighAvailability) return 1;
  return target === 'kind' ? Math.min(wanted, nodes) : wanted;
}

/** One goes where the ports of this machine lead; of several, the first one. */
export function localPlacement(replicas: number): Pick<V1PodSpec, 'nodeSelector' | 'affinity' | 'tolerations'> {
  const tolerations = [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }];
  const linux = { 'kubernetes.io/os': 'linux' };
  if (replicas === 1) return { nodeSelector: { ...linux, [label]: 'true' }, tolerations };
  const preference = { matchExpressions: [{ key: label, operator: 'Exists' }] };
  return {
    nodeSelector: linux,
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] } },
    tolerations,
  };
}
