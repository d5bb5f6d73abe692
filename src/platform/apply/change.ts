/** Tells whether an apply changed an object, apart from the status that its controller writes meanwhile. */
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject, V1ManagedFieldsEntry } from '@kubernetes/client-node';
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

const isOurs = ({ manager, operation, subresource }: V1ManagedFieldsEntry): boolean =>
  manager === 'opta' && operation === 'Apply' && !subresource;

/** Who wrote which fields, and when, to the second. */
function written(object: KubernetesObject, isWanted: (entry: V1ManagedFieldsEntry) => boolean) {
  const entries = (object.metadata?.managedFields ?? []).filter(isWanted);
  return entries.map(({ manager, subresource, time, fieldsV1 }) => [manager, subresource, String(time), fieldsV1]);
}

/** Without the number of the roll, which the controller writes a moment after a Deployment is made. */
function said(annotations: Readonly<Record<string, string>> = {}) {
  const { 'deployment.kubernetes.io/revision': _, ...rest } = annotations;
  return rest;
}

function ownPart(object: KubernetesObject) {
  const { generation, labels, annotations } = object.metadata ?? {};
  return { generation, labels, annotations: said(annotations), fields: written(object, isOurs) };
}

export function told(before: KubernetesObject | undefined, after: KubernetesObject): Change {
  if (before === undefined || before.metadata?.uid !== after.metadata?.uid) return 'created';
  if (before.metadata?.resourceVersion === after.metadata?.resourceVersion) return 'unchanged';
  if (!isDeepStrictEqual(ownPart(before), ownPart(after))) return 'changed';
  // A new spec is a new generation, where a kind counts them.
  if (after.metadata?.generation !== undefined) return 'unchanged';
  // Something else may have written it between our reading and our writing, as controllers write the status.
  const isOther = (entry: V1ManagedFieldsEntry) => !isOurs(entry);
  return isDeepStrictEqual(written(before, isOther), written(after, isOther)) ? 'changed' : 'unchanged';
}
