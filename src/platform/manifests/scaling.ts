/** How many replicas: the autoscaler between the written bounds, and the disruption budget. */
import type { V1PodDisruptionBudget, V2HorizontalPodAutoscaler, V2MetricSpec } from '@kubernetes/client-node';
import { metadata, selector } from './metadata.ts';
import type { PodParts } from './pods.ts';

/** Seconds of calm before replicas go. Kubernetes' own 300 hides on a laptop that scaling works at all. */
const calmSeconds = { kind: 30, aws: 300, gcp: 300 } as const;

/** Of the service's own container: the proxy beside it has no requests, and a metric over the pod would fail on it. */
function utilization(container: string, name: 'cpu' | 'memory', averageUtilization: number): V2MetricSpec {
  return {
    type: 'ContainerResource',
    containerResource: { container, name, target: { type: 'Utilization', averageUtilization } },
  };
}

export function autoscaler({ service, owner, options }: PodParts): V2HorizontalPodAutoscaler {
  const { min, max, cpuPercent, memoryPercent } = service.replicas;
  const kind = service.storage.length > 0 ? 'StatefulSet' : 'Deployment';
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(owner, service.name),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind, name: service.name },
      minReplicas: Math.max(1, min),
      maxReplicas: max,
      metrics: [utilization(service.name, 'cpu', cpuPercent), utilization(service.name, 'memory', memoryPercent)],
      behavior: { scaleDown: { stabilizationWindowSeconds: calmSeconds[options.target] } },
    },
  };
}

/** Only from two replicas on: a budget over one would block every drain. */
export function disruptionBudget({ service, owner }: PodParts): V1PodDisruptionBudget | undefined {
  if (service.replicas.min < 2) return undefined;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(owner, service.name),
    spec: { maxUnavailable: 1, selector: { matchLabels: selector(owner) }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  };
}
