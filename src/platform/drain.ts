/** Empties nodes before they go: no new pods, then each pod is asked to leave as budgets allow, then it is waited for. */
import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { ApiError, type ClusterClient } from './cluster.ts';

/** Milliseconds between two tries to move a pod whose budget is used up. */
const pauseMs = 2_000;

/** Pods that leave with their node, or have ended. */
export function mustMove({ metadata, status }: V1Pod): boolean {
  const owned = metadata?.ownerReferences ?? [];
  if (owned.some(({ kind }) => kind === 'DaemonSet')) return false;
  if (metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return false;
  return !['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

/** `labels` choose the nodes. Resolves with how many there were, when none has a pod to move. */
export async function drainNodes(
  client: ClusterClient,
  labels: string,
  { signal, note }: { readonly signal: AbortSignal; note(what: string): void },
): Promise<number> {
  await client.assertOurs(signal);
  const nodes = (await client.list({ apiVersion: 'v1', kind: 'Node', labels }, signal)) as readonly V1Node[];
  const names = nodes.map(({ metadata }) => metadata?.name ?? '');
  // All at once, so that no pod moves from one leaving node to another.
  await Promise.all(
    names.map((name) =>
      client.write('PATCH', `/api/v1/nodes/${name}`, {
        body: { spec: { unschedulable: true } },
        contentType: 'application/merge-patch+json',
        signal,
      }),
    ),
  );
  for (const [at, name] of names.entries()) {
    note(`${name}, ${at + 1} of ${names.length}`);
    await emptied(client, name, signal);
  }
  return names.length;
}

async function emptied(client: ClusterClient, node: string, signal: AbortSignal): Promise<void> {
  const selection = { apiVersion: 'v1', kind: 'Pod', fields: `spec.nodeName=${node}` };
  const pods = ((await client.list(selection, signal)) as readonly V1Pod[]).filter(mustMove);
  await Promise.all(pods.map((pod) => evicted(client, pod, signal)));
  await client.watch(selection, (left) => !(left as readonly V1Pod[]).some(mustMove), signal);
}

async function evicted(client: ClusterClient, { metadata }: V1Pod, signal: AbortSignal): Promise<void> {
  const { name = '', namespace = '', uid } = metadata ?? {};
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    ...(uid !== undefined && { deleteOptions: { preconditions: { uid } } }),
  };
  for (;;) {
    try {
      await client.write('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body, signal });
      return;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Gone already, or a namesake: another pod.
      if (error.status === 404 || error.status === 409) return;
      if (error.status !== 429) throw error;
      await client.system.clock.sleep(pauseMs, signal);
    }
  }
}
