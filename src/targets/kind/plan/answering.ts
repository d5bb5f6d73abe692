/** Waits until the API server of a started node is back. */
import type { StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { openCluster } from '../../../platform/cluster.ts';
import type { KindFolder } from '../folder.ts';

/** Milliseconds until the API server answers; a cluster that starts again needs about 10 s, on a slow disk more. */
const answerDeadline = 90_000;

/** Throws UserError `cluster-unhealthy`, or `cluster-not-ours` when another one answers. */
export async function answering(
  folder: KindFolder,
  uid: string | undefined,
  { system, signal, note }: StepContext,
): Promise<void> {
  const until = system.clock.monotonic() + answerDeadline;
  note('waiting for the API server of the started node');
  for (;;) {
    try {
      const client = await openCluster(system, folder.kubeconfig, folder.context, uid, signal);
      client.close();
      return;
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
