/** `ingress: gateway`: Traefik as the controller of Gateway API, its one Gateway, and the redirect from http. */
import type { KubernetesObject, V1Deployment, V1PodSpec } from '@kubernetes/client-node';
import type { Step } from '../../engine/step.ts';
import { readManifests } from '../helm.ts';
import { gatewayName, gatewayObjects, ingressHomes } from '../manifests.ts';
import { conditionOf } from '../ready/conditions.ts';
import { waitForWorkload } from '../ready.ts';
import { edgeAnnotations, gatewayEdgeFlags } from './cloud-edge.ts';
import {
  counting,
  idsOf,
  labelled,
  type Made,
  namespaceObject,
  objectsOf,
  type PlatformSettings,
  type PureSettings,
  renderStep,
  step,
} from './component.ts';
import { traefikAccess } from './gateway-access.ts';
import { ingressReplicas, localPlacement } from './ingress-placement.ts';
import { install, removeOthers } from './installed.ts';
import { tlsSecret } from './keys.ts';

const ids = idsOf('gateway');
const { namespace, serviceAccount, className } = ingressHomes.gateway;
const name = 'traefik';
const certificateName = 'opta-tls';
const selector = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'controller' };
const zone = 'topology.kubernetes.io/zone';
/** Milliseconds until the controller must be ready. */
const deadlineMs = 240_000;

const flags = [
  '--providers.kubernetesgateway=true',
  // So that Linkerd balances, and not Traefik by pod.
  '--providers.kubernetesgateway.nativeLBByDefault=true',
  // Sticky sessions are its own kind of service.
  '--providers.kubernetescrd=true',
  '--providers.kubernetescrd.allowCrossNamespace=true',
  // By default it gathers changes for two seconds before it serves them.
  '--providers.providersThrottleDuration=100ms',
  '--entryPoints.web.address=:8000',
  '--entryPoints.websecure.address=:8443',
  '--entryPoints.websecure.http.tls=true',
  // Else `?a=b;c` would arrive as `?a=b&c`.
  '--entryPoints.websecure.http.encodeQuerySemicolons=true',
  '--entryPoints.health.address=:9000',
  '--ping=true',
  '--ping.entryPoint=health',
  '--accesslog=true',
  '--accesslog.format=json',
  '--accesslog.fields.defaultMode=keep',
  '--accesslog.fields.headers.defaultMode=drop',
  '--accesslog.fields.headers.names.Traceparent=keep',
  '--accesslog.fields.headers.names.X-Request-Id=keep',
  '--global.checkNewVersion=false',
  '--global.sendAnonymousUsage=false',
  // Streams keep running for as long as the pod gets to end.
  '--entryPoints.websecure.transport.lifeCycle.graceTimeOut=20s',
];

function podSpec(settings: PureSettings): V1PodSpec {
  const { artifacts, target } = settings;
  const local = target === 'kind';
  const port = (portName: string, containerPort: number, hostPort: number) => ({
    name: portName,
    containerPort,
    protocol: 'TCP',
    ...(local && { hostPort }),
  });
  const ping = { httpGet: { path: '/ping', port: 'health' } };
  return {
    serviceAccountName: serviceAccount,
    terminationGracePeriodSeconds: 30,
    ...(local ? localPlacement(ingressReplicas(settings)) : { nodeSelector: { 'kubernetes.io/os': 'linux' } }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name,
        image: artifacts.pins.images.traefik.ref,
        imagePullPolicy: 'IfNotPresent',
        args: [...flags, ...gatewayEdgeFlags(settings)],
        ports: [port('web', 8000, 80), port('websecure', 8443, 443), { name: 'health', containerPort: 9000 }],
        readinessProbe: { ...ping, periodSeconds: 2 },
        livenessProbe: { ...ping, periodSeconds: 10 },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
      },
    ],
  };
}

function deployment(settings: PureSettings): V1Deployment {
  const { mesh, target } = settings;
  const replicas = ingressReplicas(settings);
  const spread = {
    maxSkew: 1,
    topologyKey: zone,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selector },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: selector },
    spec: {
      replicas,
      selector: { matchLabels: selector },
      // A port of the node is free only when the pod before is gone.
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 1, ...(target === 'kind' && { maxSurge: 0 }) },
      },
      template: {
        metadata: {
          labels: selector,
          annotations: mesh
            ? { 'linkerd.io/inject': 'enabled', 'config.linkerd.io/skip-inbound-ports': '8000,8443' }
            : { 'linkerd.io/inject': 'disabled' },
        },
        spec: { ...podSpec(settings), ...(replicas > 1 && { topologySpreadConstraints: [spread] }) },
      },
    },
  };
}

function service(settings: PureSettings): KubernetesObject & { readonly spec: unknown } {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: selector, annotations: { ...edgeAnnotations(settings) } },
    spec: {
      type: 'ClusterIP',
      selector,
      ports: [
        { name: 'web', port: 80, targetPort: 'web' },
        { name: 'websecure', port: 443, targetPort: 'websecure' },
      ],
    },
  };
}

function budget(replicas: number): KubernetesObject & { readonly spec: unknown } {
  const spec = { minAvailable: replicas - 1, selector: { matchLabels: selector } };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace }, spec };
}

/** Everything but definitions, certificate and Gateway. Pure. */
export function traefikObjects(settings: PureSettings): readonly KubernetesObject[] {
  const replicas = ingressReplicas(settings);
  return [
    namespaceObject(namespace),
    ...traefikAccess(),
    deployment(settings),
    service(settings),
    ...(replicas > 1 ? [budget(replicas)] : []),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: className },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    } as KubernetesObject,
    ...gatewayObjects(certificateName, settings.httpsPort),
  ];
}

export function planGateway(settings: PlatformSettings, after: readonly string[]): readonly Step[] {
  const { artifacts, client, certificate, needs } = settings;
  const made: Made = { objects: undefined };
  const { version } = artifacts.pins.images.traefik;
  return [
    renderStep('gateway', 'definitions of Traefik', made, async (context) => {
      const definitions = await readManifests(
        context.system,
        await artifacts.manifest('traefik-crds', counting(context)),
      );
      return [...definitions, ...traefikObjects(settings)];
    }),
    step({
      id: ids.apply,
      title: `Traefik ${version}`,
      kind: 'change',
      needs: [...needs.cluster, ...needs.certificate, ids.render, idsOf('gateway-api').apply, ...after],
      facts: { version },
      async run(context) {
        const own = labelled(tlsSecret(certificateName, namespace, certificate()), 'gateway');
        const objects = [...objectsOf(made, ids.render), own];
        const outcome = await install(client(), objects, context);
        const gone = await removeOthers(client(), 'gateway', objects, context.signal);
        return gone.length > 0 ? undefined : outcome;
      },
    }),
    step({
      id: ids.ready,
      title: 'the gateway answers',
      kind: 'wait',
      needs: [ids.apply],
      deadlineMs,
      async run({ signal, note }) {
        const workload = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name };
        await waitForWorkload(client(), workload, { signal, note, deadlineMs: deadlineMs - 5_000 });
        note('waiting for its Gateway to be taken up');
        const gateway = {
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'Gateway',
          namespace,
          fields: `metadata.name=${gatewayName}`,
        };
        const isTaken = ([one]: readonly KubernetesObject[]) =>
          one !== undefined && conditionOf(one, 'Programmed')?.status === 'True';
        await client().watch(gateway, isTaken, signal);
        return undefined;
      },
    }),
  ];
}
