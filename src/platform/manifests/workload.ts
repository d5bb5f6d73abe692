/** What runs a service: a Deployment, or a StatefulSet with volumes, and its cron jobs. */
import type { V1CronJob, V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import { initialReplicasAnnotation, metadata, selector } from './metadata.ts';
import { type PodParts, podTemplate } from './pods.ts';

/** Seconds that a new replica must stay ready before the next old one leaves. */
const settleSeconds = { kind: 2, aws: 10, gcp: 10 } as const;

/** True when an autoscaler owns the number of replicas; a manifest that named one would take it back at each apply. */
export const isScaled = ({ service: { replicas } }: PodParts): boolean => replicas.max > replicas.min;

function replicas(parts: PodParts): { readonly replicas?: number } {
  return isScaled(parts) ? {} : { replicas: parts.service.replicas.min };
}

function workloadMetadata(parts: PodParts) {
  const annotations = isScaled(parts) ? { [initialReplicasAnnotation]: String(parts.service.replicas.min) } : {};
  return metadata(parts.owner, parts.service.name, annotations);
}

function historyLimit({ service }: PodParts): number {
  const written = service.settings['max_history'];
  return typeof written === 'number' ? written : 25;
}

export function deployment(parts: PodParts): V1Deployment {
  const deadline = parts.service.settings['timeout'];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: workloadMetadata(parts),
    spec: {
      ...replicas(parts),
      selector: { matchLabels: selector(parts.owner) },
      minReadySeconds: settleSeconds[parts.options.target],
      progressDeadlineSeconds: typeof deadline === 'number' ? Math.max(deadline, 30) : 300,
      revisionHistoryLimit: historyLimit(parts),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      template: podTemplate(parts),
    },
  };
}

/** The class of volumes in a cloud, which the platform makes; a local cluster has one for all. */
export const cloudStorageClass = 'opta';

/** Its volumes stay when it goes or shrinks. */
export function statefulSet(parts: PodParts): V1StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: workloadMetadata(parts),
    spec: {
      ...replicas(parts),
      serviceName: `${parts.service.name}-headless`,
      selector: { matchLabels: selector(parts.owner) },
      minReadySeconds: settleSeconds[parts.options.target],
      podManagementPolicy: 'Parallel',
      revisionHistoryLimit: historyLimit(parts),
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      template: podTemplate(parts),
      volumeClaimTemplates: parts.service.storage.map(({ gigabytes }, index) => ({
        metadata: { name: `data-${index}`, labels: selector(parts.owner) },
        spec: {
          accessModes: ['ReadWriteOnce'],
          // Named, since a class that somebody adds later could become the default one.
          ...(parts.options.target !== 'kind' && { storageClassName: cloudStorageClass }),
          resources: { requests: { storage: `${gigabytes}Gi` } },
        },
      })),
    },
  };
}

/** The service's pod with another command and nothing that serves. Meshed: the proxy is a native sidecar and ends with it. */
export function cronJobs(parts: PodParts): readonly V1CronJob[] {
  const owner = { ...parts.owner, component: 'cron' } as const;
  return parts.service.cronJobs.map(({ schedule, command, args }, index) => {
    const service = {
      ...parts.service,
      command,
      args,
      ports: [],
      storage: [],
      liveness: undefined,
      readiness: undefined,
    };
    const { metadata: podMeta, spec } = podTemplate({ ...parts, owner, service });
    const {
      topologySpreadConstraints: _none,
      terminationGracePeriodSeconds: _default,
      ...rest
    } = spec ?? { containers: [] };
    const containers = rest.containers.map(({ lifecycle: _lifecycle, ports: _ports, ...one }) => one);
    return {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: metadata(owner, `${parts.service.name}-cron-${index}`),
      spec: {
        schedule,
        concurrencyPolicy: 'Forbid',
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        startingDeadlineSeconds: 200,
        jobTemplate: {
          spec: {
            backoffLimit: 2,
            template: { ...(podMeta && { metadata: podMeta }), spec: { ...rest, restartPolicy: 'Never', containers } },
          },
        },
      },
    };
  });
}
