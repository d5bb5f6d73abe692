/** Whether pods have their proxies. The injector lets pods pass without one while it cannot be asked. */
import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import type { ClusterClient } from '../cluster.ts';

const proxy = 'linkerd-proxy';
const injectAnnotation = 'linkerd.io/inject';

/** A pod that has its proxy, as a native sidecar or beside its containers. */
export function isMeshed({ spec }: V1Pod): boolean {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return all.some(({ name }) => name === proxy);
}

/** Pods that have a proxy without a mesh, or none in one, and did not ask for that. */
export function misfits(pods: readonly V1Pod[], mesh: boolean): readonly V1Pod[] {
  return pods.filter(
    (pod) =>
      isMeshed(pod) !== mesh &&
      pod.metadata?.deletionTimestamp === undefined &&
      pod.metadata?.annotations?.[injectAnnotation] !== 'disabled' &&
      !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''),
  );
}

/**
 * Deletes pods that were made before the mesh was switched on or off; their owners make new ones. Gives how many. A
 * pod's proxy is decided on when it is made, and never again.
 */
export async function restartMisfits(
  client: ClusterClient,
  selection: { readonly namespace: string; readonly labels: string },
  mesh: boolean,
  signal: AbortSignal,
): Promise<number> {
  const pods = (await client.list({ apiVersion: 'v1', kind: 'Pod', ...selection }, signal)) as readonly V1Pod[];
  const owned = misfits(pods, mesh).filter(({ metadata }) => metadata?.ownerReferences?.length);
  if (owned.length === 0) return 0;
  const uids = new Set(owned.map(({ metadata }) => metadata?.uid));
  await Promise.all(
    owned.map(({ metadata }) => {
      const { name = '', namespace, uid } = metadata ?? {};
      return client.remove({ apiVersion: 'v1', kind: 'Pod', name, namespace, uid }, signal);
    }),
  );
  // Until they are gone their owner counts them as ready.
  const areGone = (left: readonly KubernetesObject[]) => left.every(({ metadata }) => !uids.has(metadata?.uid));
  await client.watch({ apiVersion: 'v1', kind: 'Pod', ...selection }, areGone, signal);
  return owned.length;
}
