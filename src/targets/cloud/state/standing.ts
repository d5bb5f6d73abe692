/** What stands in the state of an environment that a person should know of: locks, and operations that were cut off. */
import { type StackName, stackNames } from '../../../app/stacks.ts';
import type { System } from '../../../system/system.ts';
import type { ObjectDoor } from '../account/objects.ts';
import type { Backend } from '../operation.ts';
import { stateFiles } from './files.ts';
import { holderOf, locksOf } from './locks.ts';

export interface Finding {
  readonly stack: StackName;
  readonly kind: 'locked' | 'stale-lock' | 'cut-off';
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

interface Checkpoint {
  readonly checkpoint: {
    readonly latest?: { readonly pending_operations?: readonly { type: string; resource: { urn: string } }[] };
  };
}

async function cutOff({ project, stack, ...backend }: Backend, objects?: ObjectDoor): Promise<readonly string[]> {
  const text = await stateFiles(backend, objects)?.read(`.pulumi/stacks/${project}/${stack}.json`);
  if (text === undefined) return [];
  const { latest } = (JSON.parse(text) as Checkpoint).checkpoint;
  return (latest?.pending_operations ?? []).map(({ type, resource }) => `${type} ${resource.urn.split('::').at(-1)}`);
}

/** Findings of every stack whose state is in files here, or in the bucket that `objects` are of. */
export async function findingsOf(
  backends: ReadonlyMap<StackName, Backend>,
  system: System,
  objects?: ObjectDoor,
): Promise<readonly Finding[]> {
  const found = stackNames.map(async (stack): Promise<readonly Finding[]> => {
    const backend = backends.get(stack);
    if (backend === undefined) return [];
    const [held, cut] = await Promise.all([locksOf(backend, system, objects), cutOff(backend, objects)]);
    const locks = held.map((lock): Finding => {
      const message = `locked by ${holderOf(lock, system.clock.now())}`;
      if (lock.stale)
        return { stack, kind: 'stale-lock', message: `${message}; that process is gone`, advice: 'opta state unlock' };
      return { stack, kind: 'locked', message, advice: 'wait for it to end, or ask its holder' };
    });
    const pending = cut.map(
      (what): Finding => ({
        stack,
        kind: 'cut-off',
        message: `cut off while ${what}`,
        advice: 'promote again: that is settled first',
      }),
    );
    return [...locks, ...pending];
  });
  return (await Promise.all(found)).flat();
}
