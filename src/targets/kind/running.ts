/** What runs of a project on its cluster, asked of the cluster itself. */
import type { V1Deployment, V1Ingress, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import { UserError } from '../../errors.ts';
import { type ClusterClient, type ObjectName, openCluster } from '../../platform/cluster.ts';
import { componentLabel, nameLabel } from '../../platform/manifests/metadata.ts';
import type { System } from '../../system/system.ts';
import { type ClusterRecord, type KindFolder, kindFolder, readRecord } from './folder.ts';

export interface OpenProject {
  readonly folder: KindFolder;
  readonly record: ClusterRecord;
  readonly client: ClusterClient;
}

/** The cluster of the project. Throws UserError `no-cluster` when there is none or it does not run. */
export async function openProject(system: System, projectFolder: string, signal?: AbortSignal): Promise<OpenProject> {
  const folder = kindFolder(projectFolder);
  const record = await readRecord(folder);
  if (record === undefined || record.state !== 'created') {
    throw new UserError('no-cluster', `there is no cluster of ${folder.project}`, {
      hints: ['Start it: `opta dev up`.'],
    });
  }
  try {
    const client = await openCluster(system, folder.kubeconfig, folder.context, record.uid, signal);
    return { folder, record, client };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'cluster-unreachable') throw error;
    throw new UserError('no-cluster', `the cluster of ${folder.project} does not answer`, {
      hints: ['`opta dev up` or `opta dev resume` starts it again.'],
      detail: [error.message],
      cause: error,
    });
  }
}

/** Selects all that opta keeps in the cluster. */
export const ours = 'app.kubernetes.io/managed-by=opta';
const partLabel = 'app.kubernetes.io/part-of';

interface RunningPod {
  readonly name: string;
  readonly ready: boolean;
  readonly node: string | undefined;
  /** Id of its main container in the node, while it runs. */
  readonly container: string | undefined;
  readonly restarts: number;
  /** Why it is not ready. */
  readonly why?: string;
}

export interface RunningService {
  /** `<layer>/<module>`. */
  readonly service: string;
  readonly kind: 'service' | 'resource';
  readonly state: 'ready' | 'starting' | 'failing';
  readonly ready: number;
  readonly wanted: number;
  readonly restarts: number;
  readonly urls: readonly string[];
  /** The name other services reach it by. */
  readonly name: string;
  readonly image: string;
  readonly workload: ObjectName;
  readonly pods: readonly RunningPod[];
}

export interface Status {
  readonly target: 'kind';
  readonly cluster: { readonly name: string; readonly kubeconfig: string; readonly context: string };
  readonly services: readonly RunningService[];
}

type Workload = V1Deployment | V1StatefulSet;

export async function statusOf({ client, folder, record }: OpenProject, signal?: AbortSignal): Promise<Status> {
  const listed = (apiVersion: string, kind: string) => client.list({ apiVersion, kind, labels: ours }, signal);
  const [deployments, sets, pods, ingresses, routes] = await Promise.all([
    listed('apps/v1', 'Deployment'),
    listed('apps/v1', 'StatefulSet'),
    listed('v1', 'Pod'),
    listed('networking.k8s.io/v1', 'Ingress'),
    listed('gateway.networking.k8s.io/v1', 'HTTPRoute'),
  ]);
  const urls = urlsOf([...ingresses, ...routes] as readonly V1Ingress[], record);
  const services = ([...deployments, ...sets] as readonly Workload[])
    .filter(({ metadata }) => ['service', 'resource'].includes(metadata?.labels?.[componentLabel] ?? ''))
    .map((workload) => runningService(workload, pods as readonly V1Pod[], urls));
  return {
    target: 'kind',
    cluster: { name: folder.name, kubeconfig: folder.kubeconfig, context: folder.context },
    services: services.toSorted((a, b) => (a.service < b.service ? -1 : 1)),
  };
}

export const idOf = (labels: Readonly<Record<string, string>> = {}) => `${labels[partLabel]}/${labels[nameLabel]}`;

function runningService(
  { kind = 'Deployment', metadata, spec, status }: Workload,
  pods: readonly V1Pod[],
  urls: ReadonlyMap<string, readonly string[]>,
): RunningService {
  const id = idOf(metadata?.labels);
  const component = metadata?.labels?.[componentLabel];
  const own = pods
    .filter((pod) => idOf(pod.metadata?.labels) === id && pod.metadata?.labels?.[componentLabel] === component)
    .map(runningPod);
  const wanted = spec?.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  const failing = own.some(({ why }) => /back-off|crash|error|exit code|pull/i.test(why ?? ''));
  const [layer = '', name = ''] = id.split('/');
  return {
    service: id,
    kind: component === 'resource' ? 'resource' : 'service',
    state: ready >= wanted ? 'ready' : failing ? 'failing' : 'starting',
    ready,
    wanted,
    restarts: own.reduce((sum, { restarts }) => sum + restarts, 0),
    urls: urls.get(id) ?? [],
    name: `${name}.${layer}`,
    workload: { apiVersion: 'apps/v1', kind, name, namespace: metadata?.namespace },
    image: spec?.template.spec?.containers[0]?.image ?? '',
    pods: own,
  };
}

export function runningPod({ metadata, spec, status }: V1Pod): RunningPod {
  const containers = status?.containerStatuses ?? [];
  const isReady = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true;
  const main = spec?.containers[0]?.name;
  const running = containers.find(({ name, state }) => name === main && state?.running !== undefined);
  const waiting = containers.map(({ state }) => state?.waiting).find((one) => one !== undefined);
  const why = waiting ? [waiting.reason, waiting.message].filter(Boolean).join(': ') : status?.phase;
  return {
    name: metadata?.name ?? '',
    ready: isReady,
    node: spec?.nodeName,
    container: running?.containerID?.replace(/^\w+:\/\//, ''),
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(!isReady && why !== undefined && { why: metadata?.deletionTimestamp ? 'ending' : why }),
  };
}

interface RouteLike {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    /** Of an HTTPRoute. */
    readonly hostnames?: readonly string[];
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths: readonly { readonly path?: string }[] };
      readonly matches?: readonly { readonly path?: { readonly value?: string } }[];
    }[];
  };
}

/** Public addresses by service, of Ingresses and HTTPRoutes alike. */
function urlsOf(routes: readonly RouteLike[], { ports }: ClusterRecord): ReadonlyMap<string, readonly string[]> {
  const port = ports.https === 443 ? '' : `:${ports.https}`;
  const found = new Map<string, string[]>();
  for (const { metadata, spec } of routes) {
    const id = idOf(metadata?.labels);
    const anyHost = `${id.split('/')[0]}.localhost`;
    for (const rule of spec?.rules ?? []) {
      const hosts = rule.host !== undefined ? [rule.host] : (spec?.hostnames ?? [anyHost]);
      const written = [
        ...(rule.http?.paths.map(({ path }) => path) ?? []),
        ...(rule.matches?.map(({ path }) => path?.value) ?? []),
      ];
      for (const host of hosts) {
        for (const path of written) {
          const plain = (path ?? '/').replace(/\(\/\|\$\)\(\.\*\)$/, '').replaceAll('\\', '');
          found.set(id, [...(found.get(id) ?? []), `https://${host}${port}${plain === '' ? '/' : plain}`]);
        }
      }
    }
  }
  return new Map([...found].map(([id, urls]) => [id, [...new Set(urls)]]));
}

/** The service that a user's `module` or `layer/module` names. Throws UserError `unknown-service` with what there is. */
export function findService(services: readonly RunningService[], written: string): RunningService {
  const exact = services.find(({ service }) => service === written);
  const named = services.filter(({ service }) => service.endsWith(`/${written}`));
  const [only] = named;
  if (exact) return exact;
  if (only && named.length === 1) return only;
  const ids = (named.length > 1 ? named : services).map(({ service }) => service);
  const message = named.length > 1 ? `"${written}" is in several layers` : `no service "${written}" runs here`;
  throw new UserError('unknown-service', message, { hints: [`There is: ${ids.join(', ')}.`], exitCode: 2 });
}
