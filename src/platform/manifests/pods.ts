/** The pod template of a service: restricted, probed, spread, and given time to end. */
import type {
  V1Container,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Toleration,
  V1TopologySpreadConstraint,
} from '@kubernetes/client-node';
import type { Service } from '../../app/app.ts';
import { configurationAnnotation, labels, type Owner, selector, shortHash, stringsOf } from './metadata.ts';
import type { ManifestOptions } from './options.ts';
import { probes } from './probes.ts';
import { restartable, restartsOnEdits } from './restartable.ts';
import { opaquePorts } from './service.ts';
import type { Mounts } from './trust.ts';
import type { Environment } from './variables.ts';

/** Seconds between the order to end and SIGTERM: by then every proxy knows that the pod leaves. */
const leaveSeconds = { kind: 5, aws: 15, gcp: 15 } as const;
/** Seconds that the service then has to finish what it began. */
const finishSeconds = 30;
/** A volume becomes writable for this group, whoever the image's user is. */
const storageGroup = 1000;

/** As the restricted pod security standard wants it. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
} satisfies NonNullable<V1Container['securityContext']>;

export const restrictedPod = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } as const;

export interface PodParts {
  readonly service: Service;
  readonly owner: Owner;
  readonly environment: Environment;
  readonly trust: Mounts;
  readonly options: ManifestOptions;
}

function tolerations(service: Service): V1Toleration[] {
  const written = service.settings['tolerations'];
  if (!Array.isArray(written)) return [];
  return written.map((one: Record<string, unknown>) => ({
    key: String(one['key']),
    operator: 'Equal',
    value: String(one['value'] ?? 'opta'),
    effect: String(one['effect'] ?? 'NoSchedule'),
  }));
}

/** Labels and annotations of pods: the user's own never displace those that select, guard or roll them. */
function podMetadata({
  service,
  owner,
  environment,
  trust,
  options,
}: PodParts): NonNullable<V1PodTemplateSpec['metadata']> {
  const opaque = service.ports.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port);
  const guarded = options.mesh && owner.component === 'service';
  return {
    labels: { ...stringsOf(service.settings['pod_labels']), ...labels(owner) },
    annotations: {
      ...(options.mesh && { 'linkerd.io/inject': 'enabled' }),
      // What `opta trace` reads.
      ...(options.mesh && options.target === 'kind' && { 'config.linkerd.io/access-log': 'json' }),
      ...stringsOf(service.settings['pod_annotations']),
      ...(guarded && { 'config.linkerd.io/default-inbound-policy': 'deny', ...opaquePorts(opaque) }),
      [configurationAnnotation]: shortHash(environment.hash + trust.hash),
    },
  };
}

/** What the container starts: the image's own unless the definition says otherwise, under a shell that can start it again. */
function startOf({ service, owner, options }: PodParts): Pick<V1Container, 'command' | 'args'> {
  const { command, args } = service;
  const again = options.target === 'kind' && owner.component === 'service' && restartsOnEdits(service);
  const known = again ? options.entry?.(service) : undefined;
  if (known !== undefined) return { command: restartable(known) };
  return { ...(command !== undefined && { command: [...command] }), ...(args !== undefined && { args: [...args] }) };
}

function container(parts: PodParts): V1Container {
  const { service, environment, trust, options } = parts;
  const { resources } = service;
  return {
    name: service.name,
    image: options.images(service),
    imagePullPolicy: 'IfNotPresent',
    ...startOf(parts),
    env: [...environment.variables],
    ports: service.ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    // Never a CPU limit: it throttles a service that nobody competes with.
    resources: {
      requests: { cpu: `${resources.cpuMilli}m`, memory: `${resources.memoryMi}Mi` },
      limits: { memory: `${resources.memoryLimitMi}Mi` },
    },
    ...probes(service, options),
    lifecycle: { preStop: { sleep: { seconds: leaveSeconds[options.target] } } },
    securityContext: restrictedContainer,
    volumeMounts: [
      ...trust.mounts,
      ...service.storage.map(({ path }, index) => ({ name: `data-${index}`, mountPath: path })),
    ],
  };
}

function spread({ service, owner }: PodParts): V1TopologySpreadConstraint[] {
  if (service.replicas.max < 2) return [];
  // Without the template's hash, the leaving replicas of a roll would count and skew where the new ones go.
  const roll = service.storage.length === 0 ? { matchLabelKeys: ['pod-template-hash'] } : {};
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selector(owner) },
    ...roll,
  }));
}

function podSpec(parts: PodParts): V1PodSpec {
  const { service, trust, options } = parts;
  const longest = Math.max(finishSeconds, Math.min(300, Math.ceil(service.timeouts.request ?? 0)));
  const spreading = spread(parts);
  const tolerated = tolerations(service);
  return {
    serviceAccountName: service.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: leaveSeconds[options.target] + longest,
    securityContext: {
      ...restrictedPod,
      ...(service.storage.length > 0 && { fsGroup: storageGroup, fsGroupChangePolicy: 'OnRootMismatch' }),
      ...(service.ports.some(({ port }) => port < 1024) && {
        sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
      }),
    },
    ...(tolerated.length > 0 && { tolerations: tolerated }),
    ...(spreading.length > 0 && { topologySpreadConstraints: spreading }),
    ...(trust.volumes.length > 0 && { volumes: [...trust.volumes] }),
    containers: [container(parts)],
  };
}

export function podTemplate(parts: PodParts): V1PodTemplateSpec {
  return { metadata: podMetadata(parts), spec: podSpec(parts) };
}
