/** What keeps pods from becoming ready, in the words of a user. Pure. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { ErrorCode } from '../../errors.ts';
import { pullFailure } from './pulls.ts';

export interface Trouble {
  /** The same trouble has the same key, so that one can tell how long it lasts. */
  readonly key: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hints: readonly string[];
  /** Milliseconds that it may last before it counts as a failure. */
  readonly graceMs: number;
  /** Whose last lines tell more. */
  readonly log?: { readonly pod: string; readonly container: string; readonly previous: boolean };
}

/** What containers may take. */
export interface Allowance {
  /** Milliseconds until one is ready, as long as its startup probe lets it run; without, running unready is no trouble. */
  readonly startMs?: number | undefined;
  /** Milliseconds that it may be unready while this is watched, over several starts; `startMs` when absent. */
  readonly graceMs?: number | undefined;
  /** Ids of containers whose end says nothing: they ran before the wait began, or while it did not count. */
  readonly forgiven?: ReadonlySet<string>;
  /** Restarts that containers had by then, by `containerKey`. */
  readonly restarts?: ReadonlyMap<string, number>;
}

const pullReasons =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable)$/;
const configReasons = /^(CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

/** Restarts after which a container is given up: some 30 s of Kubernetes' back-off. */
const restarts = 3;

const nameOf = ({ metadata }: V1Pod): string => metadata?.name ?? '';

export function containersOf({ status }: V1Pod): readonly V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function pullTrouble(pod: V1Pod, { name, image, state }: V1ContainerStatus): Trouble {
  const { reason = '', message = '' } = state?.waiting ?? {};
  const said = `${reason} ${message}`;
  const failure = pullFailure(said);
  return {
    // ErrImagePull and ImagePullBackOff take turns.
    key: `pull ${nameOf(pod)} ${name}`,
    code: failure.code,
    message: `pulling ${image}: ${failure.says} (${message || reason})`,
    hints: [failure.hint],
    graceMs: failure.graceMs,
  };
}

function exitOf(status: V1ContainerStatus) {
  return status.state?.terminated ?? status.lastState?.terminated;
}

function crashTrouble(pod: V1Pod, status: V1ContainerStatus): Trouble {
  const last = exitOf(status);
  const killed = last?.reason === 'OOMKilled';
  const how = killed ? 'needs more memory than its limit' : `ends with exit code ${last?.exitCode ?? 'unknown'}`;
  return {
    key: `crash ${nameOf(pod)} ${status.name}`,
    code: killed ? 'out-of-memory' : 'crash-loop',
    message: `${status.name} ${how}, restarted ${status.restartCount} times`,
    hints: killed
      ? ['Raise `resources.memory_limit` of the service, or make it use less.']
      : ['The lines below are its last ones; `opta dev logs` shows more.'],
    graceMs: 0,
    log: { pod: nameOf(pod), container: status.name, previous: status.state?.running !== undefined },
  };
}

/** How a container of a pod is told apart in `Allowance.restarts`. */
export const containerKey = ({ metadata }: V1Pod, { name }: V1ContainerStatus): string => `${metadata?.uid} ${name}`;

/**
 * Restarts of before this wait began say nothing: a node that stood still restarts everything on it. One more of a
 * container that Kubernetes is already holding back says enough.
 */
function crashesAgain(pod: V1Pod, status: V1ContainerStatus, before: Allowance['restarts']): boolean {
  const { restartCount, state } = status;
  const anew = restartCount - (before?.get(containerKey(pod, status)) ?? 0);
  return anew >= restarts || (anew > 0 && restartCount >= restarts && state?.waiting?.reason === 'CrashLoopBackOff');
}

function containerTrouble(pod: V1Pod, status: V1ContainerStatus, allowance: Allowance): Trouble | undefined {
  const waiting = status.state?.waiting;
  if (waiting?.reason && pullReasons.test(waiting.reason)) return pullTrouble(pod, status);
  if (waiting?.reason && configReasons.test(waiting.reason)) {
    return {
      key: `config ${nameOf(pod)} ${status.name}`,
      code: 'container-not-created',
      message: `${status.name} cannot be created: ${waiting.message ?? waiting.reason}`,
      hints: ['The message names the secret, volume or command that is missing.'],
      graceMs: 15_000,
    };
  }
  const crashed = (status.lastState?.terminated ?? status.state?.terminated)?.exitCode;
  if (crashed !== undefined && !status.ready && crashesAgain(pod, status, allowance.restarts))
    return crashTrouble(pod, status);
  return undefined;
}

const diskHint =
  'Free space on the disk of the container engine, such as with `docker system prune`: the kubelet sees it within a minute.';

/** The kubelet ends pods when its disk runs full, and takes no new ones then. */
function diskTrouble(pod: V1Pod, message: string): Trouble {
  return {
    key: `disk ${nameOf(pod)}`,
    code: 'disk-full',
    message: `the disk of the node is full: ${message}`,
    hints: [diskHint],
    graceMs: 5_000,
  };
}

function scheduleTrouble(pod: V1Pod): Trouble | undefined {
  const { reason, message: said = '' } = pod.status ?? {};
  if (reason === 'Evicted' && /ephemeral-storage|disk/i.test(said)) return diskTrouble(pod, said);
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  const message = scheduled.message ?? 'no reason given';
  if (/disk-pressure/.test(message)) return diskTrouble(pod, message);
  return {
    key: `schedule ${nameOf(pod)}`,
    code: 'pod-unschedulable',
    message: `no node takes the pod ${nameOf(pod)}: ${message}`,
    hints: [
      /Insufficient (cpu|memory)/.test(message)
        ? 'Give the container engine more CPU or memory, or lower `resources` or `min_containers`.'
        : 'The message says what each node lacks.',
    ],
    graceMs: 20_000,
  };
}

/** Milliseconds by which a probe may give up before the time that it was given: it begins within its first second. */
const probeSlack = 2_000;

/** A container that runs unready for as long as it was given, or was ended for that by its startup probe. */
function readinessTrouble(pod: V1Pod, status: V1ContainerStatus, allowance: Allowance): Trouble | undefined {
  const { startMs, forgiven } = allowance;
  const { name, ready, state, lastState } = status;
  if (ready || startMs === undefined) return undefined;
  const { graceMs = startMs } = allowance;
  const ended = state?.terminated ?? lastState?.terminated;
  const lived = Date.parse(String(ended?.finishedAt ?? '')) - Date.parse(String(ended?.startedAt ?? ''));
  const byProbe = ended !== undefined && ended.reason !== 'OOMKilled' && lived >= startMs - probeSlack;
  const wasEnded = byProbe && !forgiven?.has(ended.containerID ?? '');
  if (state?.running === undefined && !byProbe) return undefined;
  return {
    key: `ready ${nameOf(pod)} ${name}`,
    code: 'readiness-failing',
    message: `${name} runs, and is not ready after ${(wasEnded ? startMs : graceMs) / 1000} s`,
    hints: [
      'Let it answer its probe on its port, correct the probe, or give it longer (`initial_readiness_delay`).',
      '`opta dev logs` shows more lines.',
    ],
    graceMs: wasEnded ? 0 : graceMs,
    log: { pod: nameOf(pod), container: name, previous: state?.running === undefined || wasEnded },
  };
}

/** The gravest trouble of a pod. */
export function troubleOf(pod: V1Pod, allowance: Allowance = {}): Trouble | undefined {
  if (pod.metadata?.deletionTimestamp !== undefined) return undefined;
  for (const status of containersOf(pod)) {
    const found = containerTrouble(pod, status, allowance);
    if (found !== undefined) return found;
  }
  const unscheduled = scheduleTrouble(pod);
  if (unscheduled !== undefined) return unscheduled;
  for (const status of pod.status?.containerStatuses ?? []) {
    const found = readinessTrouble(pod, status, allowance);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One short sentence about a pod that is not ready yet and has no trouble. */
export function whyWaiting(pod: V1Pod): string {
  const statuses = containersOf(pod);
  const crashed = statuses.find(({ restartCount, ready }) => restartCount > 0 && !ready);
  if (crashed) return `${crashed.name} ended with exit code ${exitOf(crashed)?.exitCode ?? 'unknown'}, starting again`;
  if (pod.spec?.nodeName === undefined) return 'waiting for a node';
  const creating = statuses.find(({ state }) => state?.waiting !== undefined);
  if (statuses.length === 0 || creating?.state?.waiting?.reason === 'ContainerCreating') return 'pulling and creating';
  const running = statuses.find(({ ready, state }) => state?.running !== undefined && !ready);
  return running ? `${running.name} runs, not ready yet` : 'starting';
}
