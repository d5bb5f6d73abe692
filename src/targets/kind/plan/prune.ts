/** The plan of `opta dev prune` on kind: what is left of a cluster that no run finished goes; one that is whole stays. */
import type { Plan } from '../../../engine/step.ts';
import { endMaker } from '../cluster.ts';
import { ownContainers, removeContainers } from '../containers.ts';
import { engineSays } from '../engine.ts';
import { forget } from '../folder.ts';
import type { Standing } from '../survey.ts';
import { step } from './session.ts';

/** True when something bears the project's labels and no finished cluster stands behind it. Data and ports are never it. */
export function isLeftOver({ record, containers, network }: Standing): boolean {
  const nodes = containers.filter(({ isNode }) => isNode);
  if (record?.state === 'created' && nodes.length > 0) return false;
  return containers.length > 0 || network || record?.state === 'creating' || record?.state === 'created';
}

export function planPrune(found: Standing): Plan {
  const { folder, engine, record, network } = found;
  const leftovers = step({
    id: 'cluster-leftovers',
    title: 'nothing is left of a cluster that no run finished',
    kind: 'change',
    isDone: async () => !isLeftOver(found),
    async run({ system, note }) {
      if (record?.maker) await endMaker(system, record.maker);
      const left = await ownContainers(system, engine, folder);
      const names = [...left.map(({ name }) => name), ...(network ? [`network ${folder.name}`] : [])];
      note(names.length === 0 ? 'forgetting a cluster that is gone' : `deleting ${names.join(', ')}`);
      await removeContainers(system, engine, left);
      if (network) await engineSays(system, engine, ['network', 'rm', folder.name]);
      await forget(folder, false);
      return undefined;
    },
  });
  return { goal: 'down', target: 'kind', reason: 'leftovers of killed runs', steps: [leftovers] };
}
