/** Tells whether an apply changed an object, apart from the status that its controller writes meanwhile. */
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { ClusterClient, ObjectName } from '../cluster.ts';

export type Change = 'created' | 'changed' | 'unchanged';

export interface Snapshot {
  find(name: ObjectName): KubernetesObject | undefined;
}

const keyOf = ({ apiVersion, kind, namespace, name }: ObjectName): string =>
  `${apiVersion} ${kind} ${namespace ?? ''}/${name}`;

/** Metadata of everything of the same kinds in the same namespaces: a few lists instead of a request an object. */
export async function snapshotOf(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
  signal?: AbortSignal,
): Promise<Snapshot> {
  const groups = new Map<string, KubernetesObject>();
  for (const one of objects) groups.set(`${one.apiVersion} ${one.kind} ${one.metadata?.namespace ?? ''}`, one);
  const lists = await Promise.all(
    [...groups.values()].map(({ apiVersion = '', kind = '', metadata }) =>
      client.listMetadata({ apiVersion, kind, namespace: metadata?.namespace }, signal),
    ),
  );
  const known = new Map(
    lists.flat().map((one) => {
      const { name = '', namespace } = one.metadata ?? {};
      return [keyOf({ apiVersion: one.apiVersion ?? '', kind: one.kind ?? '', name, namespace }), one];
    }),
  );
  return { find: (name) => known.get(keyOf(name)) };
}

/** What we own of it, and when that was last written. */
function ownPart({ metadata }: KubernetesObject) {
  const own = (metadata?.managedFields ?? []).find(
    ({ manager, operation, subresource }) => manager === 'opta' && operation === 'Apply' && !subresource,
  );
  return {
    uid: metadata?.uid,
    generation: metadata?.generation,
    labels: metadata?.labels,
    annotations: metadata?.annotations,
    time: own?.time === undefined ? undefined : String(own.time),
    fields: own?.fieldsV1,
  };
}

export function told(before: KubernetesObject | undefined, after: KubernetesObject): Change {
  if (before === undefined || before.metadata?.uid !== after.metadata?.uid) return 'created';
  if (before.metadata?.resourceVersion === after.metadata?.resourceVersion) return 'unchanged';
  // Something wrote it between our reading and our writing; a controller writes the status, which is no change of ours.
  return isDeepStrictEqual(ownPart(before), ownPart(after)) ? 'unchanged' : 'changed';
}
