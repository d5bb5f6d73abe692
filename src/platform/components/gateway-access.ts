/** What Traefik may read and write: Gateway API everywhere, and its own services for sticky sessions. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { ingressHomes } from '../manifests.ts';

const { namespace, serviceAccount } = ingressHomes.gateway;
const name = 'opta-traefik';
const read = ['get', 'list', 'watch'];

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** As Traefik's own documentation lists them for its two providers, less what is for routes that opta does not write. */
const rules: readonly Rule[] = [
  { apiGroups: [''], resources: ['services', 'secrets', 'configmaps', 'nodes', 'namespaces'], verbs: read },
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'referencegrants', 'backendtlspolicies'],
    verbs: read,
  },
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'backendtlspolicies'].map(
      (one) => `${one}/status`,
    ),
    verbs: ['update'],
  },
  {
    apiGroups: ['traefik.io'],
    resources: [
      'traefikservices',
      'middlewares',
      'middlewaretcps',
      'ingressroutes',
      'ingressroutetcps',
      'ingressrouteudps',
      'tlsoptions',
      'tlsstores',
      'serverstransports',
      'serverstransporttcps',
    ],
    verbs: read,
  },
];

export function traefikAccess(): readonly (KubernetesObject & { readonly rules?: readonly Rule[] })[] {
  const api = 'rbac.authorization.k8s.io';
  const role = { apiGroup: api, kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace }];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace } },
    { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: `${api}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: role,
      subjects,
    } as KubernetesObject,
  ];
}
