/** Linkerd's Server, AuthorizationPolicy and MeshTLSAuthentication: who may call which port, by identity. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App } from '../../app/app.ts';
import type { Callers } from '../../app/callers.ts';
import { custom, managedBy, metadata, type Owner, selector } from './metadata.ts';
import { ingressHomes, type ManifestOptions } from './options.ts';

export interface GuardedPort {
  readonly name: string;
  /** Where the container listens. */
  readonly port: number;
  /** No HTTP in it. A Server for it closes kubelet probes too. */
  readonly opaque: boolean;
}

const group = 'policy.linkerd.io';

interface IdentityRef {
  readonly group?: string;
  readonly kind: 'ServiceAccount' | 'Namespace';
  readonly name: string;
  readonly namespace?: string;
}

function identities(app: App, callers: Callers, options: ManifestOptions): readonly IdentityRef[] {
  const services: readonly IdentityRef[] = callers.environment
    ? app.layers.map(({ name }) => ({ kind: 'Namespace', name }))
    : callers.services.map(({ name, layer }) => ({ kind: 'ServiceAccount', name, namespace: layer }));
  if (!callers.ingress) return services;
  const home = ingressHomes[options.ingress];
  return [...services, { kind: 'ServiceAccount', name: home.serviceAccount, namespace: home.namespace }];
}

/** Where a proxy tells its metrics. */
const metricsPort = 4191;

/**
 * Lets metrics of every proxy of a layer be read: the pods' own default would deny it to whoever has no identity, the API
 * server and Prometheus included. Network policies say from where.
 */
export function metricsDoor(layer: string): KubernetesObject {
  const owner: Owner = { layer, name: layer, component: 'platform' };
  return custom(`${group}/v1beta3`, 'Server', metadata(owner, `${layer}.proxy-metrics`), {
    podSelector: { matchLabels: { 'app.kubernetes.io/managed-by': managedBy } },
    port: metricsPort,
    proxyProtocol: 'HTTP/1',
    accessPolicy: 'all-unauthenticated',
  });
}

/**
 * A Server denies whom no AuthorizationPolicy lets in, but for the probe paths of the pod. No route is attached to it:
 * an HTTPRoute would answer every path that it does not name, the probe's included, with 404.
 */
export function meshPolicies(
  app: App,
  owner: Owner,
  ports: readonly GuardedPort[],
  callers: Callers,
  options: ManifestOptions,
): readonly KubernetesObject[] {
  const servers = ports.map(({ name, port, opaque }) =>
    custom(`${group}/v1beta3`, 'Server', metadata(owner, `${owner.name}.${name}`), {
      podSelector: { matchLabels: selector(owner) },
      port,
      proxyProtocol: opaque ? 'opaque' : 'unknown',
    }),
  );
  const allowed = identities(app, callers, options);
  if (allowed.length === 0) return servers;
  const authentication = custom(
    `${group}/v1alpha1`,
    'MeshTLSAuthentication',
    metadata(owner, `${owner.name}.callers`),
    {
      identityRefs: allowed,
    },
  );
  const policies = ports.map(({ name }) =>
    custom(`${group}/v1alpha1`, 'AuthorizationPolicy', metadata(owner, `${owner.name}.${name}`), {
      targetRef: { group, kind: 'Server', name: `${owner.name}.${name}` },
      requiredAuthenticationRefs: [{ group, kind: 'MeshTLSAuthentication', name: `${owner.name}.callers` }],
    }),
  );
  return [...servers, authentication, ...policies];
}
