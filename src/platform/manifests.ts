/** App to Kubernetes objects: pure, the same for kind and the clouds, in an order that can be applied from top to bottom. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App, Service } from '../app/app.ts';
import { callersOfService } from '../app/callers.ts';
import { namespaceName } from '../app/names.ts';
import { gatewayRoutes } from './manifests/gateway.ts';
import { ingresses } from './manifests/ingress.ts';
import { meshPolicies, metricsDoor } from './manifests/mesh-policy.ts';
import type { Owner } from './manifests/metadata.ts';
import { namespaceLabels, networkPolicy } from './manifests/network-policy.ts';
import { type ManifestOptions, runsInCluster } from './manifests/options.ts';
import type { PodParts } from './manifests/pods.ts';
import { isAskedByPath } from './manifests/probes.ts';
import { resourceObjects } from './manifests/resources/index.ts';
import { autoscaler, disruptionBudget } from './manifests/scaling.ts';
import { headlessService, meshAnnotations, service as serviceObject } from './manifests/service.ts';
import { serviceAccount } from './manifests/service-account.ts';
import { trustMounts, trustObjects } from './manifests/trust.ts';
import { environment } from './manifests/variables.ts';
import { cronJobs, deployment, isScaled, statefulSet } from './manifests/workload.ts';

export { gatewayObjects } from './manifests/gateway.ts';

export { manifestNotices } from './manifests/notices.ts';
export {
  type ClusterTarget,
  certificateNames,
  gatewayName,
  ingressHomes,
  type ManifestOptions,
  printedImages,
  type SecretSource,
  type ServerCertificate,
} from './manifests/options.ts';
export { restartsOnEdits } from './manifests/restartable.ts';

/** Kinds in the order to apply them; what is not named comes last. */
const order = [
  'Namespace',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'NetworkPolicy',
  'Server',
  'MeshTLSAuthentication',
  'AuthorizationPolicy',
  'Service',
  'StatefulSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'CronJob',
  'Ingress',
  'TraefikService',
  'HTTPRoute',
  'GRPCRoute',
];

/** Every object of the App. Throws UserError for what the chosen ingress cannot do. */
export function manifests(app: App, options: ManifestOptions): readonly KubernetesObject[] {
  const objects = app.layers.flatMap(({ name }) => [
    namespace(app, name, options),
    ...trustObjects(name, options),
    ...(options.mesh ? [metricsDoor(name)] : []),
    ...(runsInCluster(options) ? resourceObjects(app, name, options) : []),
    ...app.services.filter(({ layer }) => layer === name).flatMap((service) => serviceObjects(app, service, options)),
  ]);
  return sorted(objects);
}

function namespace(app: App, layer: string, options: ManifestOptions): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespaceName(layer),
      labels: namespaceLabels(app, layer),
      ...(options.mesh && { annotations: { 'linkerd.io/inject': 'enabled' } }),
    },
  };
}

function serviceObjects(app: App, service: Service, options: ManifestOptions): readonly KubernetesObject[] {
  const owner: Owner = { layer: service.layer, name: service.name, component: 'service' };
  const around = environment(app, service, owner, options);
  const trust = trustMounts(app, service, owner, options);
  const parts: PodParts = { service, owner, environment: around, trust, options };
  return [
    serviceAccount(owner, options.identity?.(service)),
    ...(around.secret === undefined ? [] : [around.secret]),
    ...trust.objects,
    ...cronJobs(parts),
    ...(service.replicas.max > 0 ? serving(app, parts) : []),
  ];
}

/** All but what cron jobs alone need. */
function serving(app: App, parts: PodParts): readonly KubernetesObject[] {
  const { service, owner, options } = parts;
  const stateful = service.storage.length > 0;
  const budget = disruptionBudget(parts);
  const callers = callersOfService(app, service);
  const guarded = service.ports.map((port) => ({
    name: port.name,
    port: port.port,
    opaque: port.protocol === 'tcp' && !isAskedByPath(service, port),
  }));
  return [
    stateful ? statefulSet(parts) : deployment(parts),
    ...(isScaled(parts) ? [autoscaler(parts)] : []),
    ...(budget === undefined ? [] : [budget]),
    networkPolicy(app, owner, callers, options),
    ...(service.ports.length > 0
      ? [serviceObject(owner, service.ports, options, options.mesh ? meshAnnotations(service) : {})]
      : []),
    ...(stateful && service.ports.length > 0 ? [headlessService(owner, service.ports, options)] : []),
    ...(options.mesh ? meshPolicies(app, owner, guarded, callers, options) : []),
    ...(options.ingress === 'nginx' ? ingresses(app, service, owner) : gatewayRoutes(app, service, owner)),
  ];
}

function sorted(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const rank = ({ kind = '' }: KubernetesObject) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  const key = ({ metadata }: KubernetesObject) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
  return [...objects].sort((a, b) => rank(a) - rank(b) || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
