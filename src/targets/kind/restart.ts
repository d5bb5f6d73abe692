/** Pods that sit out a pause of minutes because they crashed before what they need was there. */
import type { V1Pod } from '@kubernetes/client-node';
import type { ClusterClient } from '../../platform/cluster.ts';

/** Deletes those that Kubernetes holds back for having crashed; their owner makes new ones at once. Gives how many. */
export async function restartCrashed(
  client: ClusterClient,
  selection: { readonly namespace: string; readonly labels: string },
  signal: AbortSignal,
): Promise<number> {
  const pods = (await client.list({ apiVersion: 'v1', kind: 'Pod', ...selection }, signal)) as readonly V1Pod[];
  const crashed = pods.filter(({ status }) =>
    status?.containerStatuses?.some(({ state }) => state?.waiting?.reason === 'CrashLoopBackOff'),
  );
  const { namespace } = selection;
  const gone = crashed.map(({ metadata }) =>
    client.remove({ apiVersion: 'v1', kind: 'Pod', namespace, name: metadata?.name ?? '', uid: metadata?.uid }, signal),
  );
  return (await Promise.all(gone)).length;
}
