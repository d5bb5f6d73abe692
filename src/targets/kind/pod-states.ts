/** What staying with a cluster wants to know of each pod of ours. Pure. */
import type { V1Pod } from '@kubernetes/client-node';
import { componentLabel } from '../../platform/manifests/metadata.ts';
import { idOf, runningPod } from './running.ts';

export interface PodState {
  /** `<layer>/<module>`. */
  readonly service: string;
  readonly kind: string;
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  /** Of its main container, which is named after the module. */
  readonly name: string;
  readonly node: string;
  /** Id of the main container in the node, while it runs. */
  readonly container: string | undefined;
  readonly ready: boolean;
  readonly ending: boolean;
  readonly restarts: number;
  readonly why: string | undefined;
}

export function podStates(pods: readonly V1Pod[]): readonly PodState[] {
  return pods
    .filter(({ status }) => !['Succeeded', 'Failed'].includes(status?.phase ?? ''))
    .map((pod) => {
      const { metadata, spec } = pod;
      const { name, ready, node, container, restarts, why } = runningPod(pod);
      return {
        service: idOf(metadata?.labels),
        kind: metadata?.labels?.[componentLabel] ?? '',
        namespace: metadata?.namespace ?? '',
        pod: name,
        uid: metadata?.uid ?? '',
        name: spec?.containers[0]?.name ?? '',
        node: node ?? '',
        container,
        ready,
        ending: metadata?.deletionTimestamp !== undefined,
        restarts,
        why,
      };
    });
}
