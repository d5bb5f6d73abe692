/** A cluster of ours: opened by kubeconfig and context, known by the UID of kube-system, and written to only as that. */
import type { IncomingMessage } from 'node:http';
import type { KubernetesObject } from '@kubernetes/client-node';
import { UserError } from '../errors.ts';
import type { System } from '../system/system.ts';
import { type Api, ApiError, openApi, type Query, type SendOptions } from './cluster/api.ts';
import { type Discovery, discoveryOf, type KindPath } from './cluster/discovery.ts';
import { type Connection, connectionOf } from './cluster/kubeconfig.ts';
import { follow } from './cluster/watch.ts';

export { ApiError } from './cluster/api.ts';

interface Cluster {
  readonly kubeconfigFile: string;
  readonly context: string;
  /** Of the namespace kube-system: another cluster under the same name has another one. */
  readonly uid: string;
}

export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

interface Selection {
  readonly apiVersion: string;
  readonly kind: string;
  /** All namespaces when absent. */
  readonly namespace?: string | undefined;
  /** As kubectl takes it, such as `app=web,tier in (a,b)`. */
  readonly labels?: string;
  readonly fields?: string;
}

interface LogOptions {
  readonly container?: string;
  /** Lines from the end. */
  readonly tail?: number;
  /** Of the container before its last restart. */
  readonly previous?: boolean;
  readonly sinceSeconds?: number;
  readonly timestamps?: boolean;
}

export interface ClusterClient {
  readonly cluster: Cluster;
  readonly system: System;
  /** undefined when there is no such object, or no such kind. */
  get(name: ObjectName, signal?: AbortSignal): Promise<KubernetesObject | undefined>;
  /** Empty when there is no such kind. */
  list(selection: Selection, signal?: AbortSignal): Promise<readonly KubernetesObject[]>;
  /** As `list`, without spec and status. */
  listMetadata(selection: Selection, signal?: AbortSignal): Promise<readonly KubernetesObject[]>;
  /** Calls `act` with what is selected, at first and after each change, until it answers true. */
  watch(
    selection: Selection,
    act: (objects: readonly KubernetesObject[]) => boolean | Promise<boolean>,
    signal: AbortSignal,
  ): Promise<void>;
  /** False when it was not there. Deletes what belongs to it in the background; `uid` spares a namesake. */
  remove(name: ObjectName & { readonly uid?: string | undefined }, signal?: AbortSignal): Promise<boolean>;
  /** Lines of a container so far. */
  log(namespace: string, pod: string, options?: LogOptions, signal?: AbortSignal): Promise<readonly string[]>;
  /** Lines of a container as they come, until the signal strikes or the container ends. */
  followLog(namespace: string, pod: string, options: LogOptions, signal: AbortSignal): Promise<IncomingMessage>;
  /** Throws UserError `cluster-not-ours` when the cluster is not the one that was opened. Call it before writing. */
  assertOurs(signal?: AbortSignal): Promise<void>;
  /** A raw request that changes nothing, for what the others do not cover. Throws ApiError. */
  read(path: string, options?: SendOptions): Promise<unknown>;
  /** A raw request that writes; the caller has just called `assertOurs`. Throws ApiError. */
  write(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options?: SendOptions): Promise<unknown>;
  /** `/apis/apps/v1/namespaces/shop/deployments/web`. Throws UserError `kind-not-served`. */
  pathOf(name: ObjectName): Promise<string>;
  readonly discovery: Discovery;
  close(): void;
}

const listLimit = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

function collection(apiVersion: string, { plural, namespaced }: KindPath, namespace: string | undefined): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespaced && namespace !== undefined ? `${base}/namespaces/${namespace}/${plural}` : `${base}/${plural}`;
}

function selected({ labels, fields }: Selection): Query {
  return { labelSelector: labels, fieldSelector: fields };
}

/** Undefined for what is not there. */
async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function uidOf(api: Api, signal?: AbortSignal): Promise<string> {
  const found = (await api.send('GET', '/api/v1/namespaces/kube-system', { signal })) as KubernetesObject;
  return found.metadata?.uid ?? '';
}

function notOurs(file: string, context: string): UserError {
  return new UserError('cluster-not-ours', `the context "${context}" of ${file} leads to another cluster than before`, {
    hints: [
      'Nothing was written there.',
      '`opta dev down` forgets the cluster that is gone; `opta dev up` makes a new one.',
    ],
  });
}

/**
 * Opens `context` of a kubeconfig file; `uid` is that of the cluster which is meant, when it is known. Throws UserError
 * `cluster-not-ours`, `cluster-unreachable` or `kubeconfig-invalid`.
 */
export async function openCluster(
  system: System,
  kubeconfigFile: string,
  context: string,
  uid?: string,
  signal?: AbortSignal,
): Promise<ClusterClient> {
  const api = openApi(system, await connectionOf(kubeconfigFile, context));
  return opened(system, api, { kubeconfigFile, context }, uid, signal);
}

/** Opens a cluster by its address instead; `title` is for messages. Throws as `openCluster` does. */
export async function openClusterAt(
  system: System,
  connection: Connection,
  title: string,
  uid?: string,
  signal?: AbortSignal,
): Promise<ClusterClient> {
  return opened(system, openApi(system, connection), { kubeconfigFile: 'its cloud', context: title }, uid, signal);
}

async function opened(
  system: System,
  api: Api,
  place: Omit<Cluster, 'uid'>,
  uid: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ClusterClient> {
  try {
    const found = await uidOf(api, signal);
    if (uid !== undefined && uid !== found) throw notOurs(place.kubeconfigFile, place.context);
    return clientOf(system, api, { ...place, uid: found });
  } catch (error) {
    api.close();
    throw error;
  }
}

function clientOf(system: System, api: Api, cluster: Cluster): ClusterClient {
  const discovery = discoveryOf(api);

  async function pathOf({ apiVersion, kind, name, namespace }: ObjectName): Promise<string> {
    const path = await discovery.find(apiVersion, kind);
    if (path === undefined) throw notServed(apiVersion, kind);
    return `${collection(apiVersion, path, namespace ?? 'default')}/${name}`;
  }

  async function listAs(selection: Selection, accept: string, signal?: AbortSignal) {
    const path = await discovery.find(selection.apiVersion, selection.kind);
    if (path === undefined) return [];
    const where = collection(selection.apiVersion, path, selection.namespace);
    const answer = await orNothing(api.send('GET', where, { query: selected(selection), accept, signal }));
    const { items } = (answer ?? {}) as { items?: readonly KubernetesObject[] | null };
    const { apiVersion, kind } = selection;
    return (items ?? []).map((item) => ({ ...item, apiVersion, kind }));
  }

  async function assertOurs(signal?: AbortSignal): Promise<void> {
    if ((await uidOf(api, signal)) !== cluster.uid) throw notOurs(cluster.kubeconfigFile, cluster.context);
  }

  const logPath = (namespace: string, pod: string) => `/api/v1/namespaces/${namespace}/pods/${pod}/log`;

  return {
    cluster,
    system,
    discovery,
    pathOf,
    assertOurs,
    async get(name, signal) {
      if ((await discovery.find(name.apiVersion, name.kind)) === undefined) return undefined;
      const found = await orNothing(api.send('GET', await pathOf(name), { signal }));
      return found as KubernetesObject | undefined;
    },
    list: (selection, signal) => listAs(selection, 'application/json', signal),
    listMetadata: (selection, signal) => listAs(selection, listLimit, signal),
    async watch(selection, act, signal) {
      const path = await discovery.find(selection.apiVersion, selection.kind);
      if (path === undefined) throw notServed(selection.apiVersion, selection.kind);
      const { apiVersion, kind } = selection;
      const where = collection(apiVersion, path, selection.namespace);
      await follow(api, system.clock, { path: where, query: selected(selection), apiVersion, kind }, act, signal);
    },
    async remove({ uid, ...name }, signal) {
      if ((await discovery.find(name.apiVersion, name.kind)) === undefined) return false;
      await assertOurs(signal);
      const body = { propagationPolicy: 'Background', ...(uid !== undefined && { preconditions: { uid } }) };
      const gone = await orNothing(api.send('DELETE', await pathOf(name), { body, signal }).then(() => true));
      return gone === true;
    },
    async log(namespace, pod, options = {}, signal) {
      const { tail, ...rest } = options;
      const text = await api.send('GET', logPath(namespace, pod), { query: { ...rest, tailLines: tail }, signal });
      return typeof text === 'string' ? text.replace(/\n$/, '').split('\n') : [];
    },
    followLog(namespace, pod, { tail, ...rest }, signal) {
      return api.open(logPath(namespace, pod), { ...rest, tailLines: tail, follow: true }, signal);
    },
    read: (path, options) => api.send('GET', path, options),
    write: (method, path, options) => api.send(method, path, options),
    close: () => api.close(),
  };
}

function notServed(apiVersion: string, kind: string): UserError {
  return new UserError('kind-not-served', `the cluster does not know ${kind} of ${apiVersion}`, {
    hints: ['Its CustomResourceDefinition is not installed, or the version of Kubernetes does not have it.'],
  });
}
