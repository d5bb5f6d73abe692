/** Whether a Deployment, StatefulSet or DaemonSet is as it was asked to be. Pure. */
import type { KubernetesObject, V1DaemonSet, V1Deployment, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import type { ErrorCode } from '../../errors.ts';
import { conditionOf } from './conditions.ts';
import type { Trouble } from './troubles.ts';

export interface Progress {
  readonly ready: number;
  readonly wanted: number;
  /** All wanted pods are of the newest kind, ready, and the older ones are gone. */
  readonly done: boolean;
}

/** Its controller has seen the newest spec. */
function isSeen({ metadata, status }: V1Deployment | V1StatefulSet | V1DaemonSet): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
}

function ofDeployment(object: V1Deployment): Progress {
  const { spec, status } = object;
  const wanted = spec?.replicas ?? 1;
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0, readyReplicas = 0 } = status ?? {};
  const done =
    isSeen(object) && updatedReplicas >= wanted && replicas === updatedReplicas && availableReplicas >= wanted;
  return { ready: Math.min(readyReplicas, wanted), wanted, done };
}

function ofStatefulSet(object: V1StatefulSet): Progress {
  const { spec, status } = object;
  const wanted = spec?.replicas ?? 1;
  const { readyReplicas = 0, currentRevision, updateRevision, updatedReplicas = 0 } = status ?? {};
  const isNew = currentRevision === updateRevision || updatedReplicas >= wanted;
  return { ready: readyReplicas, wanted, done: isSeen(object) && isNew && readyReplicas >= wanted };
}

function ofDaemonSet(object: V1DaemonSet): Progress {
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = object.status ?? {};
  const done = isSeen(object) && updatedNumberScheduled >= wanted && numberAvailable >= wanted;
  return { ready: numberAvailable, wanted, done };
}

export function progressOf(object: KubernetesObject): Progress {
  if (object.kind === 'Deployment') return ofDeployment(object as V1Deployment);
  if (object.kind === 'StatefulSet') return ofStatefulSet(object as V1StatefulSet);
  if (object.kind === 'DaemonSet') return ofDaemonSet(object as V1DaemonSet);
  throw new Error(`${object.kind} has no readiness`);
}

/** The selector of its pods, as a query takes it. */
export function selectorOf(object: KubernetesObject): string {
  const { spec } = object as V1Deployment;
  const labels = Object.entries(spec?.selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.join(',');
}

const revisionLabels = ['pod-template-hash', 'controller-revision-hash'] as const;

/** Pods of the revision that was made last: what older ones suffer does not matter any more. */
export function newestPods(pods: readonly V1Pod[]): readonly V1Pod[] {
  const alive = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  const revision = ({ metadata }: V1Pod) => revisionLabels.map((label) => metadata?.labels?.[label] ?? '').join(' ');
  const born = ({ metadata }: V1Pod) => String(metadata?.creationTimestamp ?? '');
  const last = alive.toSorted((a, b) => (born(a) < born(b) ? -1 : 1)).at(-1);
  return last === undefined ? [] : alive.filter((pod) => revision(pod) === revision(last));
}

const refusals: readonly { readonly match: RegExp; readonly code: ErrorCode; readonly hint: string }[] = [
  {
    match: /exceeded quota/,
    code: 'quota-exceeded',
    hint: 'Raise the ResourceQuota of the namespace, or ask for less.',
  },
  {
    match: /failed calling webhook/,
    code: 'webhook-unreachable',
    hint: 'Start what serves the webhook, or delete its configuration when that is gone: `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`.',
  },
];

/** Pods that the API server does not let the controller make. */
export function creationTrouble(object: KubernetesObject): Trouble | undefined {
  const failure = conditionOf(object, 'ReplicaFailure');
  if (failure?.status !== 'True') return undefined;
  return refusedPod(failure.message ?? failure.reason ?? '');
}

export function refusedPod(message: string): Trouble {
  const known = refusals.find(({ match }) => match.test(message));
  return {
    key: `create ${known?.code ?? 'refused'}`,
    code: known?.code ?? 'pod-refused',
    message: `the cluster does not take its pods: ${message}`,
    hints: [known?.hint ?? 'The message says which rule of the cluster is in the way.'],
    graceMs: 5_000,
  };
}
