/** Linkerd's Server, AuthorizationPolicy and MeshTLSAuthentication: who may call which port, by identity. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App } from '../../app/app.ts';
import type { Callers } from '../../app/callers.ts';
import { custom, metadata, type Owner, selector } from './metadata.ts';
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
