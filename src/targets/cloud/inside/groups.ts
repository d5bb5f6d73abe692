/** Groups of endpoints on Google: the load balancer names one in every zone, and is refused while one of them is not there. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Step } from '../../../engine/step.ts';
import type { ClusterClient } from '../../../platform/cluster.ts';
import { step } from '../session.ts';

/** Milliseconds that GKE may take: its nodes may have to come first. */
const groupsMs = 600_000;

/** What GKE keeps of a group: a link to each that was really made, such as `…/zones/europe-west3-a/networkEndpointGroups/x`. */
const record = { apiVersion: 'networking.gke.io/v1beta1', kind: 'ServiceNetworkEndpointGroup' } as const;

type Group = KubernetesObject & {
  readonly status?: { readonly networkEndpointGroups?: readonly { readonly selfLink?: string }[] };
};

/** Zones that have the group of that name, by what GKE wrote on the Service, or in its own record. */
export function zonesWith(group: string, object: KubernetesObject | undefined): readonly string[] {
  if (object?.kind === record.kind) {
    const links = ((object as Group).status?.networkEndpointGroups ?? []).map(({ selfLink = '' }) => selfLink);
    return links.flatMap((link) => /\/zones\/([^/]+)\//.exec(link)?.[1] ?? []).sort();
  }
  const status = object?.metadata?.annotations?.['cloud.google.com/neg-status'] ?? '{}';
  if (!status.includes(group)) return [];
  return [...((JSON.parse(status) as { zones?: readonly string[] }).zones ?? [])].sort();
}

export interface GroupsWait {
  readonly client: () => ClusterClient;
  /** Of the groups, the same in every zone. */
  readonly group: string;
  /** Of the environment: all of them. */
  readonly zones: readonly string[];
  /** Of the ingress controller. */
  readonly service: { readonly namespace: string; readonly name: string };
  readonly needs: readonly string[];
}

export function groupsStep({ client, group, zones, service, needs }: GroupsWait): Step {
  return step({
    id: 'endpoint-groups',
    title: 'endpoint groups of the ingress',
    kind: 'wait',
    needs,
    deadlineMs: groupsMs,
    async run({ signal, note }) {
      const { namespace, name } = service;
      // The annotation names zones before groups are in them, so the record is asked where there is one.
      const known = (await client().discovery.find(record.apiVersion, record.kind)) !== undefined;
      const selection = known
        ? { ...record, namespace, fields: `metadata.name=${group}` }
        : { apiVersion: 'v1', kind: 'Service', namespace, fields: `metadata.name=${name}` };
      await client().watch(
        selection,
        ([found]) => {
          const there = zonesWith(group, found);
          const lacking = zones.filter((zone) => !there.includes(zone));
          note(
            lacking.length === 0 ? `${group} in ${there.join(', ')}` : `waiting for ${group} in ${lacking.join(', ')}`,
          );
          return lacking.length === 0;
        },
        signal,
      );
      return undefined;
    },
  });
}
