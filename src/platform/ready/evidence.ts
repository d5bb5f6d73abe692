/** What the cluster knows about a failure: last lines of a container, events of a pod. */
import type { CoreV1Event } from '@kubernetes/client-node';
import { ApiError, type ClusterClient, type ObjectName } from '../cluster.ts';
import type { Trouble } from './troubles.ts';
import { refusedPod } from './workload.ts';

/** Lines to show below a failure. */
const shown = 15;

/** The last lines of a container, of its life before when this one has none. Empty when the node no longer has them. */
export async function lastLines(
  client: ClusterClient,
  namespace: string,
  { pod, container, previous }: NonNullable<Trouble['log']>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (const before of [previous, !previous]) {
    try {
      const lines = await client.log(namespace, pod, { container, tail: shown, previous: before }, signal);
      // The runtime may have removed the container that the pod's status still names.
      const told = lines.filter((line) => line.trim() !== '' && !line.startsWith('unable to retrieve container logs'));
      if (told.length > 0) return told;
    } catch (error) {
      // 400: it has not started, or had no life before. 404: the pod is gone.
      if (!(error instanceof ApiError) || ![400, 404].includes(error.status)) throw error;
    }
  }
  return [];
}

async function eventsOf(
  client: ClusterClient,
  { kind, name, namespace }: Omit<ObjectName, 'apiVersion'>,
  signal: AbortSignal,
) {
  const fields = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const found = (await client.list({ apiVersion: 'v1', kind: 'Event', namespace, fields }, signal)) as CoreV1Event[];
  const at = ({ lastTimestamp, eventTime, metadata }: CoreV1Event) =>
    String(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '');
  return found.toSorted((a, b) => (at(a) < at(b) ? 1 : -1));
}

/** What the kubelet last heard from a probe. */
export async function probeFailure(
  client: ClusterClient,
  namespace: string,
  pod: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const events = await eventsOf(client, { kind: 'Pod', name: pod, namespace }, signal);
  const wanted = events.find(
    ({ reason, type }) => reason === 'Unhealthy' || (type === 'Warning' && reason !== 'BackOff'),
  );
  return wanted?.message?.trim();
}

/** Why a StatefulSet has no pods: it says so in events only. */
export async function refusedCreation(
  client: ClusterClient,
  name: ObjectName,
  signal: AbortSignal,
): Promise<Trouble | undefined> {
  const events = await eventsOf(client, name, signal);
  const failed = events.find(({ reason }) => reason === 'FailedCreate');
  return failed?.message === undefined ? undefined : refusedPod(failed.message);
}
