/** Finds what exists in the cloud and is marked as ours, whatever the state says. */
import type { System } from '../../../../system/system.ts';
import type { ChildStart } from '../messages.ts';
import { SimulatedProvider, settingOf } from '../simulated/provider.ts';
import type { Properties } from '../values.ts';

export interface Lookup {
  /** Ids of resources of a type that were made from these inputs, by a provider with those. */
  find(type: string, inputs: Properties, provider: Properties): Promise<readonly string[]>;
  close(): void;
}

/** In the simulated cloud where there is one. */
export function lookupOf({ engine }: ChildStart, system: System): Lookup {
  const folder = engine.kind === 'built-in' ? engine.cloudFolder : system.env.OPTA_CLOUD_FOLDER;
  if (folder === undefined) return { find: async () => [], close: () => {} };
  const cloud = new SimulatedProvider(folder, system.clock);
  return {
    find: async (type, inputs, provider) => cloud.find(type, inputs, settingOf(provider)),
    close: () => cloud.close(),
  };
}
