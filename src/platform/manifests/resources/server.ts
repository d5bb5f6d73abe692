/** The objects of a resource's server: StatefulSet, Service, Secret, and who may reach it. */
import type { KubernetesObject, V1Container, V1PodSpec, V1StatefulSet } from '@kubernetes/client-node';
import type { App } from '../../../app/app.ts';
import type { Callers } from '../../../app/callers.ts';
import { meshPolicies } from '../mesh-policy.ts';
import { base64, configurationAnnotation, labels, metadata, type Owner, selector, shortHash } from '../metadata.ts';
import { networkPolicy } from '../network-policy.ts';
import type { ManifestOptions } from '../options.ts';
import { restrictedContainer, restrictedPod } from '../pods.ts';
import { headlessService, opaquePorts, service } from '../service.ts';
import { serviceAccount } from '../service-account.ts';
import { filesFolder, type Server } from './realisation.ts';

const volumeGigabytes = 5;
const mainPort = 'main';

const secretOf = ({ name }: Owner): string => `${name}.server`;

function container(owner: Owner, server: Server): V1Container {
  const exec = { command: [...server.ready] };
  return {
    name: owner.name,
    image: server.image,
    imagePullPolicy: 'IfNotPresent',
    args: [...server.args],
    env: [
      ...Object.entries(server.variables ?? {}).map(([name, value]) => ({ name, value })),
      ...Object.entries(server.secretVariables ?? {}).map(([name, key]) => ({
        name,
        valueFrom: { secretKeyRef: { name: secretOf(owner), key } },
      })),
    ],
    ports: [{ name: mainPort, containerPort: server.port, protocol: 'TCP' }],
    resources: {
      requests: { cpu: '50m', memory: `${Math.ceil(server.memoryMi / 4)}Mi` },
      limits: { memory: `${server.memoryMi}Mi` },
    },
    // A first start makes the database, on a slow disk for minutes.
    startupProbe: { exec, periodSeconds: 1, failureThreshold: 300, timeoutSeconds: 5 },
    // Short, for after its start a pod is asked at the next turn only.
    readinessProbe: { exec, periodSeconds: 2, failureThreshold: 6, timeoutSeconds: 5 },
    ...(server.lifecycle !== undefined && { lifecycle: server.lifecycle }),
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: 'files', mountPath: filesFolder, readOnly: true },
      ...(server.dataFolder === undefined ? [] : [{ name: 'data', mountPath: server.dataFolder }]),
    ],
  };
}

function podSpec(owner: Owner, server: Server): V1PodSpec {
  return {
    serviceAccountName: owner.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    securityContext: {
      ...restrictedPod,
      runAsUser: server.user,
      runAsGroup: server.user,
      fsGroup: server.user,
      fsGroupChangePolicy: 'OnRootMismatch',
    },
    containers: [container(owner, server)],
    volumes: [
      {
        name: 'files',
        // A database refuses a key that others can read; its group may.
        secret: {
          secretName: secretOf(owner),
          defaultMode: 0o440,
          items: server.files.map((key) => ({ key, path: key })),
        },
      },
    ],
  };
}

function statefulSet(owner: Owner, server: Server, hash: string, options: ManifestOptions): V1StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(owner, owner.name),
    spec: {
      replicas: 1,
      serviceName: `${owner.name}-headless`,
      selector: { matchLabels: selector(owner) },
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      template: {
        metadata: {
          labels: labels(owner),
          annotations: {
            ...(options.mesh && {
              'linkerd.io/inject': 'enabled',
              'config.linkerd.io/default-inbound-policy': 'deny',
              ...(server.protocol === 'tcp' && opaquePorts([server.port])),
            }),
            [configurationAnnotation]: hash,
          },
        },
        spec: podSpec(owner, server),
      },
      ...(server.dataFolder !== undefined && {
        volumeClaimTemplates: [
          {
            metadata: { name: 'data', labels: selector(owner) },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${volumeGigabytes}Gi` } } },
          },
        ],
      }),
    },
  };
}

export function serverObjects(
  app: App,
  owner: Owner,
  server: Server,
  callers: Callers,
  options: ManifestOptions,
): readonly KubernetesObject[] {
  const { protocol, port } = server;
  const data = Object.fromEntries(Object.entries(server.secret).map(([key, value]) => [key, base64(value)]));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: metadata(owner, secretOf(owner)), type: 'Opaque', data };
  const declared = [{ name: mainPort, protocol, port, servicePort: server.servicePort ?? port }];
  const guarded = [{ name: mainPort, port, opaque: protocol === 'tcp' }];
  return [
    serviceAccount(owner),
    secret as KubernetesObject,
    service(owner, declared, options),
    headlessService(owner, declared, options),
    statefulSet(owner, server, shortHash(JSON.stringify(data)), options),
    networkPolicy(app, owner, callers, options),
    ...(options.mesh ? meshPolicies(app, owner, guarded, callers, options) : []),
  ];
}
