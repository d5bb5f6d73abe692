/** Waits until the API server serves the kinds of CustomResourceDefinitions. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { UserError } from '../../errors.ts';
import type { ClusterClient } from '../cluster.ts';
import { conditionOf } from './conditions.ts';

/** Milliseconds; a definition takes some 100 ms, many at once a few seconds. */
const deadline = 60_000;

/** Throws UserError `definition-not-served` with what the API server says against a definition. */
export async function established(
  client: ClusterClient,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const late = new AbortController();
  const cancel = client.system.clock.after(deadline, () => late.abort());
  const selection = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  let waiting: readonly string[] = names;
  try {
    const both = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    await client.watch(
      selection,
      (objects) => {
        const wanted = objects.filter(({ metadata }) => names.includes(metadata?.name ?? ''));
        for (const one of wanted) refuseConflict(one);
        const served = wanted.filter((one) => conditionOf(one, 'Established')?.status === 'True');
        waiting = names.filter((name) => !served.some(({ metadata }) => metadata?.name === name));
        return waiting.length === 0;
      },
      both,
    );
  } catch (error) {
    if (!late.signal.aborted || signal?.aborted) throw error;
    throw new UserError('definition-not-served', `the cluster does not serve ${waiting.join(', ')} after 60 s`, {
      hints: ['See the events of the API server: its storage may be full.'],
    });
  } finally {
    cancel();
  }
}

function refuseConflict(definition: KubernetesObject): void {
  const names = conditionOf(definition, 'NamesAccepted');
  if (names?.status !== 'False' || names.message === undefined) return;
  throw new UserError('definition-not-served', `the cluster refuses ${definition.metadata?.name}: ${names.message}`, {
    hints: ['Another CustomResourceDefinition has the same names: remove the one that is not needed.'],
  });
}
