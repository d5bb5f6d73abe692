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

const hashLabel = 'pod-template-hash';
const revisionLabel = 'controller-revision-hash';
const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** Of the ReplicaSet that the Deployment's newest spec has; undefined until it is there. */
function wantedHash({ metadata }: V1Deployment, replicaSets: readonly KubernetesObject[]): string | undefined {
  const revision = metadata?.annotations?.[revisionAnnotation];
  const own = replicaSets.filter((one) =>
    one.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid && uid !== undefined),
  );
  const wanted = own.find((one) => one.metadata?.annotations?.[revisionAnnotation] === revision);
  return revision === undefined ? undefined : wanted?.metadata?.labels?.[hashLabel];
}

const born = ({ metadata }: V1Pod): number => new Date(metadata?.creationTimestamp ?? 0).getTime();

/**
 * Pods of the revision that the newest spec asks for: what older ones suffer does not matter any more. None until the
 * controller has seen that spec; the pods that are there belong to the one before.
 */
export function newestPods(
  object: KubernetesObject,
  pods: readonly V1Pod[],
  replicaSets: readonly KubernetesObject[],
): readonly V1Pod[] {
  if (!isSeen(object as V1Deployment)) return [];
  const alive = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  const of = (label: string, value: string | undefined) =>
    value === undefined ? [] : alive.filter(({ metadata }) => metadata?.labels?.[label] === value);
  if (object.kind === 'Deployment') return of(hashLabel, wantedHash(object, replicaSets));
  if (object.kind === 'StatefulSet') return of(revisionLabel, (object as V1StatefulSet).status?.updateRevision);
  // A DaemonSet does not say which revision is its newest.
  const last = alive.toSorted((one, other) => born(one) - born(other)).at(-1);
  return of(revisionLabel, last?.metadata?.labels?.[revisionLabel]);
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
  if (failure?.status !== 'True' || !isSeen(object as V1Deployment)) return undefined;
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
