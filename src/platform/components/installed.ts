/** Applies the objects of a component, and takes away what an earlier version or choice of it left. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { StepContext } from '../../engine/step.ts';
import { apply, nameOf, titleOf } from '../apply.ts';
import type { ClusterClient, ObjectName } from '../cluster.ts';
import { changesOf } from '../prune.ts';
import { type ComponentName, componentLabel } from './component.ts';

/** Kinds that components consist of, those that act on others first. Definitions stay: deleting one deletes all its objects. */
const kinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ['apiregistration.k8s.io/v1', 'APIService'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'Gateway'],
  ['gateway.networking.k8s.io/v1', 'GatewayClass'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['apps/v1', 'Deployment'],
  ['batch/v1', 'CronJob'],
  ['v1', 'Service'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['v1', 'ServiceAccount'],
  ['v1', 'Namespace'],
];

/** Applies `objects` and says what changed. */
export async function install(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
  { signal, note, progress }: StepContext,
): Promise<'unchanged' | undefined> {
  const onApplied = (_: unknown, done: number, total: number) => progress(done, total, 'items');
  const all = await apply(client, objects, { signal, onApplied });
  const changed = changesOf(all);
  if (changed.length === 0) return 'unchanged';
  note(`${changed.length} of ${all.length} objects changed`);
  return undefined;
}

/** Deletes objects of `component` that are not among `wanted`; with none wanted the component is gone. */
export async function removeOthers(
  client: ClusterClient,
  component: ComponentName,
  wanted: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<readonly ObjectName[]> {
  const key = (object: KubernetesObject) => titleOf(nameOf(object));
  const kept = new Set(wanted.map(key));
  const labels = `${componentLabel}=${component}`;
  const lists = await Promise.all(
    kinds.map(([apiVersion, kind]) => client.listMetadata({ apiVersion, kind, labels }, signal)),
  );
  // What is going already, such as a namespace that is being emptied, needs nothing more.
  const stays = ({ metadata }: KubernetesObject) => !metadata?.deletionTimestamp && !metadata?.ownerReferences?.length;
  const extra = lists.flat().filter((one) => !kept.has(key(one)) && stays(one));
  for (const one of extra) await client.remove({ ...nameOf(one), uid: one.metadata?.uid }, signal);
  return extra.map(nameOf);
}
