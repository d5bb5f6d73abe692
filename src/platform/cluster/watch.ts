/** Follows objects of one kind as they change: a list, then a watch from there, begun anew when the server ends it. */
import { createInterface } from 'node:readline';
import type { KubernetesObject } from '@kubernetes/client-node';
import { UserError } from '../../errors.ts';
import type { Clock } from '../../system/system.ts';
import { type Api, ApiError, type Query } from './api.ts';

interface Listed {
  readonly apiVersion?: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubernetesObject[] | null;
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubernetesObject & { readonly code?: number; readonly message?: string };
}

export interface Followed {
  readonly path: string;
  readonly query: Query;
  readonly apiVersion: string;
  readonly kind: string;
}

/** By which objects of one kind are told apart. */
export const keyOf = ({ metadata }: KubernetesObject): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

/** The list was too old to go on from. */
const gone = (error: unknown): boolean => error instanceof ApiError && error.status === 410;

/**
 * Calls `act` with every object at first and after each change, until it answers true or the signal strikes. A server
 * that goes away is asked again, until it has been away for ten seconds.
 */
export async function follow(
  api: Api,
  clock: Clock,
  followed: Followed,
  act: (objects: readonly KubernetesObject[]) => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  let heardAt = clock.monotonic();
  for (;;) {
    try {
      const known = await listed(api, followed, signal);
      heardAt = clock.monotonic();
      if (await act([...known.objects.values()])) return;
      if (await watched(api, followed, known, act, signal)) return;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const lost = error instanceof UserError && error.code === 'cluster-unreachable';
      if (!gone(error) && !(lost && clock.monotonic() - heardAt < 10_000)) throw error;
      if (lost) await clock.sleep(200, signal);
    }
  }
}

interface Known {
  readonly objects: Map<string, KubernetesObject>;
  version: string;
}

async function listed(api: Api, followed: Followed, signal: AbortSignal): Promise<Known> {
  const list = (await api.send('GET', followed.path, { query: followed.query, signal })) as Listed;
  // Items of a list come without their kind.
  const whole = (list.items ?? []).map((item) => ({ ...item, apiVersion: followed.apiVersion, kind: followed.kind }));
  return { objects: new Map(whole.map((item) => [keyOf(item), item])), version: list.metadata.resourceVersion };
}

/** True when `act` is content, false when the server ended the stream, as it does every few minutes. */
async function watched(
  api: Api,
  followed: Followed,
  known: Known,
  act: (objects: readonly KubernetesObject[]) => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  for (;;) {
    const query = { ...followed.query, watch: true, allowWatchBookmarks: true, resourceVersion: known.version };
    const stream = await api.open(followed.path, query, both);
    // An answer that breaks off ends the loop below: the watch is begun anew from where it was.
    stream.on('error', () => {});
    try {
      for await (const line of createInterface({ input: stream })) {
        if (line === '') continue;
        const { type, object } = JSON.parse(line) as WatchEvent;
        if (type === 'ERROR') throw new ApiError(object.code ?? 500, '', object.message ?? 'the watch failed', []);
        known.version = object.metadata?.resourceVersion ?? known.version;
        if (type === 'BOOKMARK') continue;
        if (type === 'DELETED') known.objects.delete(keyOf(object));
        else known.objects.set(keyOf(object), object);
        if (await act([...known.objects.values()])) return true;
      }
    } finally {
      stream.destroy();
    }
    if (signal.aborted) throw signal.reason;
  }
}
