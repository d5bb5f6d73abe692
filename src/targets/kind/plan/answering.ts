/** Waits until the API server of a started node is back. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { type ClusterClient, openCluster } from '../../../platform/cluster.ts';
import type { System } from '../../../system/system.ts';
import type { KindFolder } from '../folder.ts';

/** Milliseconds until the API server answers; a cluster that starts again needs about 10 s, on a slow disk more. */
const answerDeadline = 90_000;

/** The cluster, opened. Throws UserError `cluster-unhealthy`, or `cluster-not-ours` when another one answers. */
export async function answering(
  folder: KindFolder,
  uid: string | undefined,
  { system, signal, note }: StepContext,
): Promise<ClusterClient> {
  const until = system.clock.monotonic() + answerDeadline;
  note('waiting for the API server of the started node');
  for (;;) {
    try {
      return await openCluster(system, folder.kubeconfig, folder.context, uid, signal);
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (system.clock.monotonic() > until) throw unhealthy(error as Error);
      await system.clock.sleep(250, signal);
    }
  }
}

/** While it starts it refuses connections, and then answers that it is not ready. */
function isPassing(error: unknown): boolean {
  if (error instanceof UserError) return error.code === 'cluster-unreachable';
  return error instanceof Error && error.name === 'ApiError';
}

function unhealthy(cause: Error): UserError {
  return new UserError('cluster-unhealthy', 'the stopped cluster did not come back', {
    detail: [cause.message],
    hints: ['Make it anew: `opta dev down`, then `opta dev up`. The data of its volumes stays.'],
    cause,
  });
}

/** Now, in the whole seconds that Kubernetes tells times in. */
export const secondOf = ({ clock }: System): number => Math.floor(clock.now() / 1000) * 1000;

/** Milliseconds that pods get to be started again; one that cannot is told by who waits for it. */
const restartDeadline = 90_000;

/**
 * Waits until the kubelet has started every pod's containers after `since` (milliseconds since 1970): until then the
 * cluster still tells how they were before it stood still.
 */
export async function restarted(
  client: ClusterClient,
  since: number,
  { system, signal, note }: StepContext,
): Promise<void> {
  const late = new AbortController();
  const cancel = system.clock.after(restartDeadline, () => late.abort(new Error('late')));
  const isNew = ({ state }: V1ContainerStatus) => Date.parse(String(state?.running?.startedAt ?? '')) >= since;
  try {
    await client.watch(
      { apiVersion: 'v1', kind: 'Pod' },
      (found) => {
        const pods = (found as readonly V1Pod[]).filter(
          ({ metadata, status }) =>
            metadata?.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(status?.phase ?? ''),
        );
        const old = pods.filter(({ status }) => !(status?.containerStatuses ?? []).every(isNew));
        if (old.length > 0) note(`${pods.length - old.length} of ${pods.length} pods are started again`);
        return old.length === 0;
      },
      AbortSignal.any([signal, late.signal]),
    );
  } catch (error) {
    if (!late.signal.aborted || signal.aborted) throw error;
  } finally {
    cancel();
  }
}
