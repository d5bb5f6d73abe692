/** What is said about a program as a whole, from what its replicas do. */
import type { Event, Failure, ServiceState } from '../../../engine/event.ts';
import type { ProgramSpec, ReplicaStatus } from '../spec.ts';

export type ServiceEvent = Omit<Extract<Event, { type: 'service' }>, 'at'>;

export interface Doing {
  readonly failure: Failure | undefined;
  readonly rolling: boolean;
  readonly stopping: boolean;
}

function stateOf(spec: ProgramSpec, replicas: readonly ReplicaStatus[], doing: Doing): ServiceState {
  if (doing.stopping) return replicas.length === 0 ? 'stopped' : 'stopping';
  if (doing.rolling) return 'rolling';
  if (spec.kind === 'cron' || replicas.filter(({ state }) => state === 'ready').length >= spec.replicas) return 'ready';
  if (doing.failure) return 'failed';
  const again = replicas.some(({ state, restarts }) => state === 'ended' || (state === 'waiting' && restarts > 0));
  return again ? 'restarting' : 'starting';
}

export function serviceEvent(spec: ProgramSpec, replicas: readonly ReplicaStatus[], doing: Doing): ServiceEvent {
  const why = doing.failure?.message ?? replicas.find((replica) => replica.why !== undefined)?.why;
  const restarts = replicas.reduce((sum, replica) => sum + replica.restarts, 0);
  return {
    type: 'service',
    service: spec.id,
    kind: spec.kind === 'resource' ? 'resource' : 'service',
    state: stateOf(spec, replicas, doing),
    ready: replicas.filter(({ state }) => state === 'ready').length,
    wanted: spec.replicas,
    ...(why === undefined || doing.stopping ? {} : { why }),
    ...(restarts === 0 ? {} : { restarts }),
  };
}
