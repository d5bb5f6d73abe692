/** NetworkPolicies: type Ingress only and by peer, without ports, because meshed traffic arrives on the proxy's port. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App } from '../../app/app.ts';
import type { Callers } from '../../app/callers.ts';
import {
  custom,
  environmentLabel,
  labels,
  metadata,
  metricsDoorLabel,
  type Owner,
  type Strings,
  selector,
} from './metadata.ts';
import { ingressHomes, type ManifestOptions } from './options.ts';

interface Peer {
  readonly namespaceSelector: { readonly matchLabels?: Strings; readonly matchExpressions?: readonly unknown[] };
  readonly podSelector?: { readonly matchLabels: Strings };
}

/** Set by Kubernetes itself on every namespace. */
const nameLabel = 'kubernetes.io/metadata.name';

/** The mesh and its extension for live traffic and metrics. */
const meshNamespaces = ['linkerd', 'linkerd-viz'] as const;

/** Peers that no policy may shut out: the mesh's control plane and whoever reads metrics. */
const doors: readonly Peer[] = [
  { namespaceSelector: { matchExpressions: [{ key: nameLabel, operator: 'In', values: meshNamespaces }] } },
  { namespaceSelector: { matchLabels: { [metricsDoorLabel]: 'true' } } },
];

function callerPeers(app: App, callers: Callers): readonly Peer[] {
  if (callers.environment) return [{ namespaceSelector: { matchLabels: { [environmentLabel]: app.environment } } }];
  return callers.services.map(({ layer, name }) => ({
    namespaceSelector: { matchLabels: { [nameLabel]: layer } },
    // Without the component, so that its cron jobs are it too.
    podSelector: { matchLabels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': layer } },
  }));
}

/** Lets in `callers` and the doors, and nothing else. The kubelet's probes are never subject to a policy. */
export function networkPolicy(app: App, owner: Owner, callers: Callers, options: ManifestOptions): KubernetesObject {
  const ingress: readonly Peer[] = callers.ingress
    ? [{ namespaceSelector: { matchLabels: { [nameLabel]: ingressHomes[options.ingress].namespace } } }]
    : [];
  return custom('networking.k8s.io/v1', 'NetworkPolicy', metadata(owner, owner.name), {
    podSelector: { matchLabels: selector(owner) },
    policyTypes: ['Ingress'],
    ingress: [{ from: [...callerPeers(app, callers), ...ingress, ...doors] }],
  });
}

/** Labels of an environment's namespace, which the policies above select by. */
export function namespaceLabels(app: App, layer: string): Record<string, string> {
  return { ...labels({ layer, name: layer, component: 'platform' }), [environmentLabel]: app.environment };
}
