/** Staying with a cluster: what pods print, how they are, and edits on their way into them. */
import { createInterface } from 'node:readline';
import type { V1Pod } from '@kubernetes/client-node';
import type { App } from '../../app/app.ts';
import type { Emit } from '../../engine/event.ts';
import { UserError } from '../../errors.ts';
import type { ClusterClient } from '../../platform/cluster.ts';
import type { System } from '../../system/system.ts';
import type { Engine } from './engine.ts';
import { followEdits } from './follow-edits.ts';
import { type PodState, podStates } from './pod-states.ts';
import { ours } from './running.ts';

export interface Company {
  readonly system: System;
  readonly engine: Engine;
  readonly client: ClusterClient;
  readonly app: App;
  readonly emit: Emit;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Brings everything up once more, after an edit of what is in an image; false when that failed, which was told. */
  readonly again: () => Promise<boolean>;
}

/** Resolves when the signal strikes (`interrupted`), or when the cluster answers no more (`ended`). */
export async function keepCompany(company: Company): Promise<'interrupted' | 'ended'> {
  const { client, signal, emit } = company;
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal]);
  const edits = followEdits(company, within);
  const logs = followLogs(company, within);
  const told = new Map<string, string>();
  try {
    await client.watch(
      { apiVersion: 'v1', kind: 'Pod', labels: ours },
      (found) => {
        const states = podStates(found as readonly V1Pod[]);
        for (const state of states) {
          logs.meet(state);
          edits.meet(state);
        }
        // A run that brings things up tells how they are itself.
        if (!edits.busy()) tell(states, told, emit);
        return false;
      },
      within,
    );
    return 'ended';
  } catch (error) {
    if (signal.aborted) return 'interrupted';
    if (error instanceof UserError && error.code === 'cluster-unreachable') return 'ended';
    throw error;
  } finally {
    over.abort(new Error('it is over'));
    await edits.close();
  }
}

/** Says how each service is when that has changed. Pods that end are replaced by others, and count no more. */
function tell(states: readonly PodState[], told: Map<string, string>, emit: Emit): void {
  const services = Map.groupBy(
    states.filter(({ ending, kind }) => !ending && kind !== 'cron'),
    ({ service }) => service,
  );
  for (const [service, pods] of services) {
    const ready = pods.filter((pod) => pod.ready).length;
    const why = pods.find((pod) => !pod.ready && pod.why !== undefined)?.why;
    const restarts = pods.reduce((sum, pod) => sum + pod.restarts, 0);
    const said = {
      type: 'service',
      service,
      kind: pods[0]?.kind === 'resource' ? 'resource' : 'service',
      state: ready >= pods.length ? 'ready' : 'starting',
      ready,
      wanted: pods.length,
      ...(why !== undefined && { why }),
      ...(restarts > 0 && { restarts }),
    } as const;
    const text = JSON.stringify(said);
    if (told.get(service) === text) continue;
    told.set(service, text);
    emit(said);
  }
}

/** The number by which the log of a pod is known: the lowest that no other pod of its service has. */
function replicaNumbers() {
  const taken = new Map<string, Map<string, number>>();
  return ({ service, pod }: PodState): number => {
    const own = taken.get(service) ?? new Map<string, number>();
    taken.set(service, own);
    const known = own.get(pod);
    if (known !== undefined) return known;
    const numbers = new Set(own.values());
    let next = 0;
    while (numbers.has(next)) next += 1;
    own.set(pod, next);
    return next;
  };
}

function followLogs({ client, emit }: Company, signal: AbortSignal) {
  const followed = new Set<string>();
  const numberOf = replicaNumbers();
  // What ran before was told by the run that started it.
  let isFirst = true;
  const follow = async (state: PodState, tail: { readonly tail?: number }) => {
    const { service, namespace, pod, name } = state;
    const replica = numberOf(state);
    try {
      const stream = await client.followLog(namespace, pod, { container: name, ...tail }, signal);
      for await (const line of createInterface({ input: stream }))
        emit({ type: 'log', service, replica, stream: 'stdout', line });
    } catch {
      // A container that ends takes its log with it; the next one is met with the next change of its pod.
    }
  };
  return {
    meet(state: PodState): void {
      const { container } = state;
      if (container === undefined || followed.has(container)) return;
      followed.add(container);
      void follow(state, isFirst ? { tail: 0 } : {});
      queueMicrotask(() => {
        isFirst = false;
      });
    },
  };
}
