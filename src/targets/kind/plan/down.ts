/** The plan of `opta dev down` on kind: nodes, registry and network go; data goes only when asked. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Plan, Step } from '../../../engine/step.ts';
import { endMaker } from '../cluster.ts';
import { ownContainers, removeContainers } from '../containers.ts';
import { callEngine, engineSays } from '../engine.ts';
import { forget } from '../folder.ts';
import { registryVolume } from '../registry.ts';
import type { Standing } from '../survey.ts';
import { step } from './session.ts';

export interface DownOptions extends Standing {
  readonly volumes: boolean;
}

export function planDown(options: DownOptions): Plan {
  const steps = [
    ...(options.volumes ? [volumesStep(options)] : []),
    containersStep(options),
    networkStep(options),
    forgetStep(options),
  ];
  return { goal: 'down', target: 'kind', reason: '', steps };
}

/**
 * Databases write under accounts of their own, so that this user may not be able to delete their files; a container of
 * the node's image, which is there, may.
 */
function volumesStep({ folder, engine, record }: DownOptions): Step {
  return step({
    id: 'volumes',
    title: 'data of volumes and registry is deleted',
    kind: 'change',
    needs: ['containers'],
    isDone: async () => !existsSync(folder.path),
    async run({ system, signal }) {
      try {
        await rm(folder.volumes, { recursive: true, force: true });
      } catch (error) {
        if (record === undefined || !['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
          throw error;
        const clean = ['--entrypoint', 'find', record.nodeImage, '/volumes', '-mindepth', '1', '-delete'];
        const args = ['run', '--rm', '--network', 'none', '--volume', `${folder.volumes}:/volumes`, ...clean];
        await engineSays(system, engine, args, { signal });
      }
      await callEngine(system, engine, ['volume', 'rm', registryVolume(folder)]);
      return undefined;
    },
  });
}

function containersStep({ folder, engine, containers, record }: DownOptions): Step {
  return step({
    id: 'containers',
    title: 'cluster and registry are deleted',
    kind: 'change',
    facts: { name: folder.name },
    isDone: async () => containers.length === 0 && record?.maker === undefined,
    async run({ system, note }) {
      if (record?.maker) await endMaker(system, record.maker);
      const left = await ownContainers(system, engine, folder);
      note(`deleting ${left.map(({ name }) => name).join(', ')}`);
      await removeContainers(system, engine, left);
      return undefined;
    },
  });
}

function networkStep({ folder, engine, network }: DownOptions): Step {
  return step({
    id: 'network',
    title: 'network is deleted',
    kind: 'change',
    needs: ['containers'],
    isDone: async () => !network,
    async run({ system }) {
      await engineSays(system, engine, ['network', 'rm', folder.name]);
      return undefined;
    },
  });
}

function forgetStep({ folder, volumes, record }: DownOptions): Step {
  return step({
    id: 'forget',
    title: volumes ? 'no file of the cluster is left' : 'the cluster is forgotten; data and ports are kept',
    kind: 'change',
    needs: ['network', ...(volumes ? ['volumes'] : [])],
    isDone: async () => (volumes ? !existsSync(folder.path) : record === undefined || record.state === 'none'),
    async run() {
      await forget(folder, volumes);
      return undefined;
    },
  });
}
