/** Waits for workloads by watching them, says why they wait, and explains what keeps them from becoming ready. */
import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import { UserError } from '../errors.ts';
import { titleOf } from './apply.ts';
import type { ClusterClient, ObjectName } from './cluster.ts';
import { lastLines, probeFailure, refusedCreation } from './ready/evidence.ts';
import { containerKey, containersOf, type Trouble, troubleOf, whyWaiting } from './ready/troubles.ts';
import { creationTrouble, newestPods, type Progress, progressOf, selectorOf } from './ready/workload.ts';

export type { Progress } from './ready/workload.ts';

export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Milliseconds until it is given up; the failure then says what was seen last. */
  readonly deadlineMs: number;
  /** Milliseconds that a container may run without being ready. */
  readonly startMs?: number | undefined;
  readonly after?: Before | undefined;
  readonly note?: (why: string) => void;
  /** Called when the number of ready pods changes. */
  readonly onProgress?: (progress: Progress, why: string | undefined) => void;
}

/** What pods need of others before they can be ready. */
export interface Before {
  /** Its name, for people. */
  readonly what: string;
  /** Until it resolves, the deadline has not begun, and neither crashes nor unreadiness count. */
  readonly settled: Promise<unknown>;
}

interface Seen {
  workload: KubernetesObject | undefined;
  pods: readonly V1Pod[];
  /** What it still waits for. */
  held: string | undefined;
  /** Ids of containers whose end says nothing about this wait. */
  readonly forgiven: Set<string>;
  /** Restarts that containers had when the wait began, by `containerKey`. */
  readonly restarts: Map<string, number>;
  /** Since when each trouble lasts, by the monotonic clock. */
  readonly since: Map<string, number>;
}

/** Milliseconds that a StatefulSet may be without any pod before its events are asked. */
const noPodsMs = 4_000;

/**
 * Resolves when the Deployment, StatefulSet or DaemonSet is ready. Throws UserError: `image-missing`, `crash-loop`,
 * `readiness-failing`, `pod-unschedulable` and so on as soon as that is certain, `pods-never-ready` at the deadline, `workload-missing`.
 */
export async function waitForWorkload(client: ClusterClient, name: ObjectName, options: WaitOptions): Promise<void> {
  const { clock } = client.system;
  const workload = await client.get(name, options.signal);
  if (workload === undefined) throw missing(name);
  const seen: Seen = {
    workload,
    pods: [],
    held: options.after?.what,
    forgiven: new Set(),
    restarts: new Map(),
    since: new Map(),
  };
  const outcome = Promise.withResolvers<Trouble | 'ready' | 'late'>();
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const timers: (() => void)[] = [];
  const judge = () => {
    const { verdict, recheckMs } = judged(seen, options, clock.monotonic());
    if (verdict !== undefined) outcome.resolve(verdict);
    if (recheckMs !== undefined) timers.push(clock.after(recheckMs, judge));
    return verdict !== undefined;
  };
  const begin = () => {
    if (signal.aborted) return;
    timers.push(clock.after(options.deadlineMs, () => outcome.resolve('late')));
    if (seen.held === undefined) return;
    seen.held = undefined;
    forgive(seen, 'running too');
    judge();
  };
  const askForPods = async () => {
    if (seen.pods.length > 0 || signal.aborted) return;
    const refusal = await refusedCreation(client, name, signal);
    if (refusal !== undefined) outcome.resolve(refusal);
    else timers.push(clock.after(noPodsMs, () => void askForPods().catch(outcome.reject)));
  };
  // A Deployment says in its status that its pods are refused; a StatefulSet in events only.
  if (name.kind === 'StatefulSet') timers.push(clock.after(noPodsMs, () => void askForPods().catch(outcome.reject)));
  if (options.after) void options.after.settled.then(begin, outcome.reject);
  else begin();
  try {
    const watching = watchAll(client, name, selectorOf(workload), seen, judge, signal);
    const result = await Promise.race([outcome.promise, watching.then(() => outcome.promise)]);
    if (result !== 'ready') throw await explained(client, name, seen, result, options);
  } finally {
    ending.abort(new Error('no longer waited for'));
    for (const cancel of timers) cancel();
  }
}

/** Keeps `seen` up to date until it is judged. */
async function watchAll(
  client: ClusterClient,
  { apiVersion, kind, namespace, name }: ObjectName,
  labels: string,
  seen: Seen,
  judge: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  let pods: readonly KubernetesObject[] = [];
  let replicaSets: readonly KubernetesObject[] = [];
  const look = () => {
    const isFirst = seen.pods.length === 0;
    seen.pods = seen.workload === undefined ? [] : newestPods(seen.workload, pods, replicaSets);
    if (isFirst) forgive(seen);
    return judge();
  };
  const follow = (
    selection: Parameters<ClusterClient['watch']>[0],
    note: (found: readonly KubernetesObject[]) => void,
  ) =>
    client.watch(
      { ...selection, namespace },
      (found) => {
        note(found);
        return look();
      },
      signal,
    );
  await Promise.all([
    follow({ apiVersion, kind, fields: `metadata.name=${name}` }, ([found]) => {
      seen.workload = found;
    }),
    follow({ apiVersion: 'v1', kind: 'Pod', labels }, (found) => {
      pods = found;
    }),
    kind === 'Deployment' &&
      follow({ apiVersion: 'apps/v1', kind: 'ReplicaSet', labels }, (found) => {
        replicaSets = found;
      }),
  ]);
}

/** Their probes may have ended them for want of something else. */
function forgive({ pods, forgiven, restarts }: Seen, which?: 'running too'): void {
  for (const pod of pods) {
    for (const status of containersOf(pod)) {
      const { containerID, restartCount, state, lastState } = status;
      restarts.set(containerKey(pod, status), restartCount);
      for (const id of [state?.terminated?.containerID, lastState?.terminated?.containerID]) if (id) forgiven.add(id);
      if (which !== undefined && containerID) forgiven.add(containerID);
    }
  }
}

const countsWhileHeld = ({ code }: Trouble): boolean => code !== 'readiness-failing' && code !== 'crash-loop';

interface Judgement {
  readonly verdict?: Trouble | 'ready';
  /** Milliseconds after which to judge again, because a trouble may last too long by then. */
  readonly recheckMs?: number;
}

/**
 * Milliseconds on top, once what it needs is there: on a busy machine a node learns an address seconds late, and a
 * connection that was opened too early hangs until its own time is over.
 */
const catchUpMs = (startMs: number): number => Math.min(startMs / 2, 15_000);

function judged(seen: Seen, { note, onProgress, startMs, after }: WaitOptions, now: number): Judgement {
  if (seen.workload === undefined) return {};
  const progress = progressOf(seen.workload);
  if (progress.done) {
    onProgress?.(progress, undefined);
    return { verdict: 'ready' };
  }
  const { held, forgiven, restarts } = seen;
  const graceMs = startMs && startMs + (after ? catchUpMs(startMs) : 0);
  const allowance = { startMs, graceMs, forgiven, restarts };
  const troubles = [creationTrouble(seen.workload), ...seen.pods.map((pod) => troubleOf(pod, allowance))]
    .filter((one) => one !== undefined)
    .filter((one) => held === undefined || countsWhileHeld(one));
  const keys = new Set(troubles.map(({ key }) => key));
  for (const key of seen.since.keys()) if (!keys.has(key)) seen.since.delete(key);
  let recheckMs: number | undefined;
  for (const trouble of troubles) {
    const since = seen.since.get(trouble.key) ?? now;
    seen.since.set(trouble.key, since);
    const left = since + trouble.graceMs - now;
    if (left <= 0) return { verdict: trouble };
    recheckMs = Math.min(recheckMs ?? left, left);
  }
  const waiting = seen.pods.find((pod) => !isReady(pod));
  const told = troubles.find(({ code }) => code !== 'readiness-failing');
  const pods = waiting ? whyWaiting(waiting) : 'waiting for its pods';
  const why = told?.message ?? (held === undefined ? pods : `${pods}; it needs ${held}`);
  note?.(`${progress.ready} of ${progress.wanted} ready: ${why}`);
  onProgress?.(progress, why);
  return recheckMs === undefined ? {} : { recheckMs };
}

function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true;
}

function missing(name: ObjectName): UserError {
  return new UserError('workload-missing', `${titleOf(name)} is not in the cluster`, {
    hints: ['`opta dev up` applies it.'],
  });
}

async function explained(
  client: ClusterClient,
  name: ObjectName,
  seen: Seen,
  found: Trouble | 'late',
  { deadlineMs, signal }: WaitOptions,
): Promise<UserError> {
  const title = titleOf(name);
  if (found !== 'late') {
    const { log, code } = found;
    const [detail, probe] = await Promise.all([
      log ? lastLines(client, name.namespace ?? '', log, signal) : [],
      log && code === 'readiness-failing' ? probeFailure(client, name.namespace ?? '', log.pod, signal) : undefined,
    ]);
    const message = `${title}: ${found.message}${probe === undefined ? '' : `: ${probe}`}`;
    return new UserError(code, message, { hints: found.hints, detail });
  }
  const refusal = seen.pods.length === 0 ? await refusedCreation(client, name, signal) : undefined;
  if (refusal) return new UserError(refusal.code, `${title}: ${refusal.message}`, { hints: refusal.hints });
  const pod = seen.pods.find((one) => !isReady(one));
  const container = pod && containersOf(pod).find(({ ready, state }) => !ready && state?.terminated?.exitCode !== 0);
  const podName = pod?.metadata?.name ?? '';
  const [probe, lines] = await Promise.all([
    pod ? probeFailure(client, name.namespace ?? '', podName, signal) : undefined,
    container
      ? lastLines(client, name.namespace ?? '', { pod: podName, container: container.name, previous: false }, signal)
      : [],
  ]);
  const why = probe ?? (pod ? whyWaiting(pod) : 'it has no pods');
  return new UserError('pods-never-ready', `${title} is not ready after ${deadlineMs / 1000} s: ${why}`, {
    hints: [
      'Correct what the probe asks for, or give it longer in the definition.',
      '`opta dev logs` shows more lines.',
    ],
    detail: lines,
  });
}
