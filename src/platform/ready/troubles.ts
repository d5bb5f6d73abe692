/** What keeps pods from becoming ready, in the words of a user. Pure. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { ErrorCode } from '../../errors.ts';

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

interface PullRule {
  readonly match: RegExp;
  readonly code: ErrorCode;
  readonly says: string;
  readonly hint: string;
  readonly graceMs: number;
}

/** In the order of asking: the message of a pull names several things. */
const pullRules: readonly PullRule[] = [
  {
    match: /toomanyrequests|too many requests|rate limit/i,
    code: 'registry-rate-limited',
    says: 'the registry refuses more pulls for now',
    hint: 'Wait, log in to the registry, or set `mirror` to a registry or folder of your own.',
    graceMs: 0,
  },
  {
    match: /unauthorized|authentication required|denied|forbidden/i,
    code: 'registry-denied',
    says: 'the registry wants a login, or there is no such image',
    hint: 'Check the name; for a private image log in with the container engine first.',
    graceMs: 5_000,
  },
  {
    match: /not found|manifest unknown|name unknown|no such image|InvalidImageName|couldn't parse image/i,
    code: 'image-missing',
    says: 'there is no such image',
    hint: 'Correct the name or the tag in the definition; with `image: AUTO` run `opta dev up` again.',
    graceMs: 2_000,
  },
  {
    match:
      /connection refused|no such host|i\/o timeout|dial tcp|network is unreachable|TLS handshake|connection reset/i,
    code: 'registry-unreachable',
    says: 'the registry does not answer',
    hint: 'See whether this machine reaches it; without a network set `mirror` to a folder made by `opta mirror sync`.',
    graceMs: 20_000,
  },
];

const otherPull: Omit<PullRule, 'match'> = {
  code: 'image-pull-failed',
  says: 'the image cannot be pulled',
  hint: 'The message of the container runtime says why.',
  graceMs: 20_000,
};

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
  const rule = pullRules.find(({ match }) => match.test(said)) ?? otherPull;
  return {
    // ErrImagePull and ImagePullBackOff take turns.
    key: `pull ${nameOf(pod)} ${name}`,
    code: rule.code,
    message: `pulling ${image}: ${rule.says} (${message || reason})`,
    hints: [rule.hint],
    graceMs: rule.graceMs,
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

function containerTrouble(pod: V1Pod, status: V1ContainerStatus): Trouble | undefined {
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
  if (crashed !== undefined && status.restartCount >= restarts && !status.ready) return crashTrouble(pod, status);
  return undefined;
}

function scheduleTrouble(pod: V1Pod): Trouble | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  const message = scheduled.message ?? 'no reason given';
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

/** The gravest trouble of a pod. */
export function troubleOf(pod: V1Pod): Trouble | undefined {
  if (pod.metadata?.deletionTimestamp !== undefined) return undefined;
  for (const status of containersOf(pod)) {
    const found = containerTrouble(pod, status);
    if (found !== undefined) return found;
  }
  return scheduleTrouble(pod);
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
