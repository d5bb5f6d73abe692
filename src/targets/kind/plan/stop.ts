/** The plans of `opta dev stop` and `opta dev resume`: containers stand still and go on; nothing is deleted. */
import type { Plan, Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import type { ClusterClient } from '../../../platform/cluster.ts';
import { selectorText } from '../../../platform/manifests/metadata.ts';
import { type Before, waitForWorkload } from '../../../platform/ready.ts';
import { callEngine, engineSays } from '../engine.ts';
import { restartCrashed } from '../restart.ts';
import { openProject, type RunningService, statusOf } from '../running.ts';
import type { Standing } from '../survey.ts';
import { answering, restarted, secondOf } from './answering.ts';
import { step } from './session.ts';

/** Seconds that a node gets to end what runs in it. */
const stopSeconds = 20;
/** Milliseconds until everything is ready again. */
const readyMs = 180_000;

/** The registry may move to another port, which takes new manifests; ports of nodes are fixed. */
function portHint(error: unknown): unknown {
  if (!(error instanceof UserError) || error.code !== 'port-taken') return error;
  return new UserError(error.code, error.message, {
    detail: error.detail ?? [],
    hints: [...error.hints, 'When it is the port of the local registry, `opta dev up` gives it another one.'],
  });
}

function checkedStanding(found: Standing): Standing {
  const { record, containers, folder } = found;
  if (record?.state === 'created' && containers.some(({ isNode }) => isNode)) return found;
  throw new UserError('no-cluster', `there is no cluster of ${folder.project}`, {
    hints: ['Start it: `opta dev up`.'],
  });
}

/** `force` ends what stops too slowly. Throws UserError `no-cluster`. */
export function planStop(found: Standing, force?: AbortSignal): Plan {
  const { engine, containers } = checkedStanding(found);
  const running = containers.filter((one) => one.running);
  const stop = step({
    id: 'stop',
    title: 'the cluster stands still',
    kind: 'change',
    facts: { containers: running.map(({ name }) => name) },
    isDone: async () => running.length === 0,
    async run({ system, note }) {
      const names = running.map(({ name }) => name);
      note(`stopping ${names.join(', ')}`);
      const kill = () => void callEngine(system, engine, ['kill', ...names]).catch(() => {});
      if (force?.aborted) kill();
      force?.addEventListener('abort', kill, { once: true });
      await engineSays(system, engine, ['stop', '--time', String(stopSeconds), ...names]);
      return undefined;
    },
  });
  return { goal: 'stop', target: 'kind', reason: '', steps: [stop] };
}

/** All start at once: a service that crashes until its database answers has done nothing wrong. */
function databases(
  client: ClusterClient,
  { workload }: RunningService,
  resources: Promise<unknown>,
  signal: AbortSignal,
): Before {
  const { namespace = '', name } = workload;
  const labels = selectorText({ name, component: 'service' });
  return {
    what: 'the databases',
    settled: resources.then(() => restartCrashed(client, { namespace, labels }, signal)),
  };
}

function isReady(
  client: ClusterClient,
  { service, kind, workload }: RunningService,
  after: Before | undefined,
  { signal, note, emit }: StepContext,
): Promise<void> {
  return waitForWorkload(client, workload, {
    signal,
    deadlineMs: readyMs,
    after,
    note: (why) => note(`${service}: ${why}`),
    onProgress: ({ ready, wanted, done }, why) => {
      const state = done ? 'ready' : 'starting';
      emit({ type: 'service', service, kind, state, ready, wanted, ...(why !== undefined && { why }) });
    },
  });
}

/** Throws UserError `no-cluster`. */
export function planResume(found: Standing): Plan {
  const { engine, containers, folder, record } = checkedStanding(found);
  const stopped = containers.filter((one) => !one.running);
  let startedAt: number | undefined;
  const steps: readonly Step[] = [
    step({
      id: 'nodes',
      title: 'containers run',
      kind: 'change',
      isDone: async () => stopped.length === 0,
      async run({ system }) {
        startedAt = secondOf(system);
        try {
          await engineSays(system, engine, ['start', ...stopped.map(({ name }) => name)]);
        } catch (error) {
          throw portHint(error);
        }
        return undefined;
      },
    }),
    step({
      id: 'cluster',
      title: 'Kubernetes answers, and its pods are started again',
      kind: 'wait',
      needs: ['nodes'],
      async run(context) {
        const client = await answering(folder, record?.uid, context);
        try {
          if (startedAt !== undefined) await restarted(client, startedAt, context);
        } finally {
          client.close();
        }
        return undefined;
      },
    }),
    step({
      id: 'ready',
      title: 'everything is ready',
      kind: 'wait',
      needs: ['cluster'],
      async run(context) {
        const { system, signal } = context;
        const project = await openProject(system, folder.project, signal);
        try {
          const { services } = await statusOf(project, signal);
          const ready = (one: RunningService, after?: Before) => isReady(project.client, one, after, context);
          const resources = Promise.all(services.filter(({ kind }) => kind === 'resource').map((one) => ready(one)));
          const rest = services.filter(({ kind }) => kind === 'service');
          await Promise.all([
            resources,
            ...rest.map((one) => ready(one, databases(project.client, one, resources, signal))),
          ]);
        } finally {
          project.client.close();
        }
        return undefined;
      },
    }),
  ];
  return { goal: 'resume', target: 'kind', reason: '', steps };
}
