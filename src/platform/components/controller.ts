/** What the controllers of a cloud have in common: an account, rights, and one Deployment in kube-system. Pure. */
import type { KubernetesObject, V1Container, V1Deployment, V1PolicyRule, V1Volume } from '@kubernetes/client-node';

export interface Controller {
  /** Of everything it has. The account has another one where the cloud's role is tied to that. */
  readonly name: string;
  readonly account: string;
  readonly replicas: number;
  readonly image: string;
  readonly args: readonly string[];
  readonly command?: readonly string[];
  readonly ports: NonNullable<V1Container['ports']>;
  readonly health: { readonly path: string; readonly port: number };
  readonly memory: string;
  readonly volumes?: readonly { readonly volume: V1Volume; readonly path: string }[];
  /** Everywhere. */
  readonly rules: readonly V1PolicyRule[];
  /** In kube-system. */
  readonly ownRules: readonly V1PolicyRule[];
  /** Changes when a mounted certificate does. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export const systemNamespace = 'kube-system';
const namespace = systemNamespace;
const rbac = 'rbac.authorization.k8s.io';

export const rule = (
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  names?: readonly string[],
) => ({
  apiGroups: [group],
  resources: [...resources],
  verbs: [...verbs],
  ...(names !== undefined && { resourceNames: [...names] }),
});

function access({ name, account, rules, ownRules }: Controller): readonly KubernetesObject[] {
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
  const bound = (kind: string, more: object) => ({
    apiVersion: `${rbac}/v1`,
    kind: `${kind}Binding`,
    metadata: { name, ...more },
    roleRef: { apiGroup: rbac, kind, name },
    subjects,
  });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace } },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules } as KubernetesObject,
    bound('ClusterRole', {}),
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name, namespace }, rules: ownRules } as KubernetesObject,
    bound('Role', { namespace }),
  ];
}

function deployment(controller: Controller): V1Deployment {
  const { name, account, replicas, image, args, command, ports, health, memory, volumes = [] } = controller;
  const labels = { 'app.kubernetes.io/name': name };
  const probe = { httpGet: { path: health.path, port: health.port }, initialDelaySeconds: 10 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        // They talk to the cloud and to the API server, and start before the mesh does.
        metadata: { labels, annotations: { 'linkerd.io/inject': 'disabled', ...controller.annotations } },
        spec: {
          serviceAccountName: account,
          priorityClassName: 'system-cluster-critical',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65534,
            fsGroup: 65534,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          ...(replicas > 1 && {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'topology.kubernetes.io/zone',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: labels },
              },
            ],
          }),
          containers: [
            {
              name,
              image,
              imagePullPolicy: 'IfNotPresent',
              ...(command !== undefined && { command: [...command] }),
              args: [...args],
              ports,
              livenessProbe: probe,
              resources: { requests: { cpu: '100m', memory }, limits: { memory } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              ...(volumes.length > 0 && {
                volumeMounts: volumes.map(({ volume, path }) => ({
                  name: volume.name,
                  mountPath: path,
                  readOnly: true,
                })),
              }),
            },
          ],
          ...(volumes.length > 0 && { volumes: volumes.map(({ volume }) => volume) }),
        },
      },
    },
  };
}

export function controllerObjects(controller: Controller): readonly KubernetesObject[] {
  const { name, replicas } = controller;
  const selector = { matchLabels: { 'app.kubernetes.io/name': name } };
  const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace } };
  return [
    ...access(controller),
    deployment(controller),
    ...(replicas > 1 ? [{ ...budget, spec: { maxUnavailable: 1, selector } } as KubernetesObject] : []),
  ];
}
