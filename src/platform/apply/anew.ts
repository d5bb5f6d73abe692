/** A StatefulSet is made anew where Kubernetes lets nobody change it, such as its volumes: its pods go, its data stays. */
import type { KubernetesObject, V1StatefulSet } from '@kubernetes/client-node';
import { ApiError, type ClusterClient, type ObjectName } from '../cluster.ts';

/** True for what the server says of a StatefulSet whose volumes or selector would change, and of nothing else in it. */
export function isFixed({ kind }: ObjectName, error: unknown): error is ApiError {
  return (
    kind === 'StatefulSet' &&
    error instanceof ApiError &&
    /updates to statefulset spec/.test(error.message) &&
    error.causes.length <= 1
  );
}

/** Deletes it and its pods, and waits until they are gone. False when its claims would go with it: nothing is done then. */
export async function endKeepingData(
  client: ClusterClient,
  name: ObjectName,
  signal: AbortSignal = new AbortController().signal,
): Promise<boolean> {
  const found = (await client.get(name, signal)) as (KubernetesObject & Pick<V1StatefulSet, 'spec'>) | undefined;
  if (found?.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete') return false;
  const uid = found?.metadata?.uid;
  await client.assertOurs(signal);
  const body = { propagationPolicy: 'Foreground', ...(uid !== undefined && { preconditions: { uid } }) };
  await client.write('DELETE', await client.pathOf(name), { body, signal });
  const { apiVersion, kind, namespace } = name;
  const selection = { apiVersion, kind, namespace, fields: `metadata.name=${name.name}` };
  await client.watch(selection, (objects) => objects.every(({ metadata }) => metadata?.uid !== uid), signal);
  return true;
}
