/** Deletes what bears our label and is no longer wanted. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { type Applied, nameOf } from './apply.ts';
import type { ClusterClient, ObjectName } from './cluster.ts';
import { managedBy } from './manifests/metadata.ts';

/** Every kind that `manifests` makes, but for namespaces and volumes: data goes only when it is asked for by name. */
const kinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['networking.k8s.io/v1', 'Ingress'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute'],
  ['traefik.io/v1alpha1', 'TraefikService'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['batch/v1', 'CronJob'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['v1', 'Service'],
  ['policy.linkerd.io/v1beta3', 'Server'],
  ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'],
  ['policy.linkerd.io/v1alpha1', 'MeshTLSAuthentication'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['v1', 'ServiceAccount'],
];

const ours = `app.kubernetes.io/managed-by=${managedBy}`;

export interface PruneOptions {
  readonly signal?: AbortSignal;
  /** Only in these; what opta has elsewhere is another's. */
  readonly namespaces: readonly string[];
  /** Only finds. */
  readonly dryRun?: boolean;
  /** Further labels that it must bear, such as `app.kubernetes.io/component=service`. */
  readonly labels?: string;
}

/** Deletes our objects in `namespaces` that are not among `wanted`; gives their names. */
export async function prune(
  client: ClusterClient,
  wanted: readonly KubernetesObject[],
  { signal, namespaces, dryRun = false, labels }: PruneOptions,
): Promise<readonly ObjectName[]> {
  const key = ({ kind, namespace, name }: ObjectName) => `${kind} ${namespace}/${name}`;
  const kept = new Set(wanted.map((object) => key(nameOf(object))));
  const selector = labels === undefined ? ours : `${ours},${labels}`;
  const lists = await Promise.all(
    kinds.flatMap(([apiVersion, kind]) =>
      namespaces.map((namespace) => client.listMetadata({ apiVersion, kind, namespace, labels: selector }, signal)),
    ),
  );
  // What another object owns goes with its owner: the endpoints of a service, the pods of a workload.
  const stays = ({ metadata }: KubernetesObject) => !metadata?.deletionTimestamp && !metadata?.ownerReferences?.length;
  const extra = lists.flat().filter((one) => stays(one) && !kept.has(key(nameOf(one))));
  const names = extra.map((one) => ({ ...nameOf(one), uid: one.metadata?.uid }));
  if (!dryRun) await Promise.all(names.map((one) => client.remove(one, signal)));
  return names.map(({ uid: _, ...name }) => name);
}

/** Objects that changed, for a line of a report. */
export const changesOf = (applied: readonly Applied[]): readonly Applied[] =>
  applied.filter(({ change }) => change !== 'unchanged');
