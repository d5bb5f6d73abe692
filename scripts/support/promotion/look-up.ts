/** Whether everything that stands would be found again, had its state been lost: by what its program says of it. */
import { join } from 'node:path';
import { nodeSystem } from '../../../src/system/node.ts';
import { SimulatedProvider, settingOf } from '../../../src/targets/cloud/engine/simulated/provider.ts';
import type { Properties } from '../../../src/targets/cloud/engine/values.ts';
import { stackFiles } from './standing.ts';

/** `folder` is that of an environment. What is found not at all, or not as itself alone. */
export function unfindable(folder: string): readonly string[] {
  const all = stackFiles(folder).flatMap(({ resources }) => resources);
  const cloud = new SimulatedProvider(join(folder, 'cloud'), nodeSystem().clock);
  try {
    return all
      .filter(({ custom, type }) => custom === true && !type.startsWith('pulumi:'))
      .filter(({ type, id, inputs, provider }) => {
        const by = all.find((one) => `${one.urn}::${one.id}` === provider)?.inputs ?? {};
        const found = cloud.find(type, inputs as Properties, settingOf(by as Properties));
        return found.length !== 1 || found[0] !== id;
      })
      .map(({ urn }) => urn.split('::').slice(2).join(' '));
  } finally {
    cloud.close();
  }
}
