/** Network, nodes, cluster and registry: made, started again, or found as they should be. */
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { openCluster } from '../../../platform/cluster.ts';
import { createCluster, endMaker } from '../cluster.ts';
import { createNetwork, ownContainers, removeContainers } from '../containers.ts';
import { engineSays } from '../engine.ts';
import { type ClusterRecord, writeRecord } from '../folder.ts';
import { registryAnswers, startRegistry } from '../registry.ts';
import { answering, restarted, secondOf } from './answering.ts';
import { made, type Session, step } from './session.ts';

/**
 * Milliseconds that the engine may be at work on what a killed run asked of it: it copies gigabytes of the node's image,
 * which took 70 s on a slow disk.
 */
const nameMs = 180_000;

export function networkStep({ situation }: Session): Step {
  const { folder, engine, network } = situation;
  return step({
    id: 'network',
    title: `network of ${engine.name}`,
    kind: 'change',
    facts: { name: folder.name },
    isDone: async () => network,
    async run({ system }) {
      await createNetwork(system, engine, folder);
      return undefined;
    },
  });
}

function recordOf({ situation }: Session, state: ClusterRecord['state'], uid?: string): ClusterRecord {
  const { engine, ports, workerCount, artifacts } = situation;
  const nodeImage = artifacts.pins.images.node.ref;
  return { engine: engine.name, state, ports, nodeImage, workers: workerCount, ...(uid !== undefined && { uid }) };
}

/** Containers of the nodes. Ends before Kubernetes answers in them, so that images can be fetched meanwhile. */
export function nodesStep(session: Session): Step {
  const { folder, cluster, anew, workerCount } = session.situation;
  const count = workerCount + 1;
  return step({
    id: 'nodes',
    title: count === 1 ? 'node of the cluster' : `${count} nodes of the cluster`,
    kind: 'change',
    needs: cluster === 'running' || cluster === 'stopped' ? ['state'] : ['state', 'network', 'node-image', 'tools'],
    facts: { name: folder.name, was: cluster, workers: workerCount },
    isDone: async () => cluster === 'running',
    async run(context) {
      if (cluster === 'stopped') await startNodes(session, context);
      else await create(session, context, anew);
      return undefined;
    },
  });
}

async function startNodes(session: Session, { system, note }: StepContext): Promise<void> {
  const { engine, containers } = session.situation;
  note('starting the containers of before');
  session.startedAt = secondOf(system);
  const names = containers.filter(({ isNode, running }) => isNode && !running).map(({ name }) => name);
  await engineSays(system, engine, ['start', ...names]);
}

async function create(session: Session, context: StepContext, anew: string | undefined): Promise<void> {
  const { system, signal, note } = context;
  const { folder, engine, packageRoot, ports, workerCount, artifacts, allowCgroupV1 } = session.situation;
  const { maker } = session.situation.record ?? {};
  if (maker) await endMaker(system, maker);
  // Written first: whatever ends this run leaves a cluster that is known to be half made.
  await writeRecord(folder, recordOf(session, 'creating'));
  const until = system.clock.monotonic() + nameMs;
  for (;;) {
    const left = (await ownContainers(system, engine, folder)).filter(({ isNode }) => isNode);
    if (left.length > 0) note(`deleting the cluster of before: ${anew ?? 'it is not what is wanted'}`);
    await removeContainers(system, engine, left);
    note('starting containers');
    session.creation = createCluster({
      ...{ system, engine, folder, packageRoot, signal, ports },
      kind: made(session.kind, 'tools'),
      nodeImage: artifacts.pins.images.node.ref,
      workers: workerCount,
      allowCgroupV1,
      note: (what) => session.onCreation?.(what),
      async onStart(pid) {
        const startTime = system.processes.startTime(pid);
        const own = startTime === undefined ? {} : { maker: { pid, startTime } };
        await writeRecord(folder, { ...recordOf(session, 'creating'), ...own });
      },
    });
    try {
      return await session.creation.nodes;
    } catch (error) {
      // The engine may still have been at work on a container that a killed run asked for.
      if (!(error instanceof UserError) || error.code !== 'name-taken' || system.clock.monotonic() > until) throw error;
      note('the engine is still at work for a run that was killed');
      await system.clock.sleep(1000, signal);
    }
  }
}

/** Kubernetes answers, and is the one we made. */
export function clusterStep(session: Session): Step {
  const { folder, record, cluster } = session.situation;
  return step({
    id: 'cluster',
    title: 'Kubernetes answers',
    kind: 'change',
    needs: ['nodes'],
    async run(context) {
      const { system, signal, note } = context;
      session.onCreation = note;
      if (session.creation) {
        await session.creation.done;
        session.client = await openCluster(system, folder.kubeconfig, folder.context, undefined, signal);
        await writeRecord(folder, recordOf(session, 'created', session.client.cluster.uid));
        return undefined;
      }
      if (cluster === 'stopped') {
        session.client = await answering(folder, record?.uid, context);
        await restarted(session.client, session.startedAt ?? 0, context);
        return undefined;
      }
      session.client = await openCluster(system, folder.kubeconfig, folder.context, record?.uid, signal);
      return 'unchanged';
    },
  });
}

export function registryStep({ situation }: Session): Step {
  const { folder, engine, ports, containers, artifacts, record } = situation;
  const found = containers.find(({ isNode }) => !isNode);
  return step({
    id: 'registry',
    title: 'local registry',
    kind: 'change',
    needs: ['network', 'registry-image'],
    facts: { port: ports.registry },
    isDone: async ({ signal }) => found?.running === true && (await registryAnswers(ports.registry, signal)),
    async run({ system, signal }) {
      if (found) {
        await removeContainers(system, engine, [found]);
      }
      await startRegistry(system, engine, folder, artifacts.pins.images.registry.ref, ports.registry, signal);
      // A cluster that is yet to be made is written down with its ports by the step that makes it.
      if (record?.state === 'created' && record.ports.registry !== ports.registry) {
        await writeRecord(folder, { ...record, ports });
      }
      return undefined;
    },
  });
}
