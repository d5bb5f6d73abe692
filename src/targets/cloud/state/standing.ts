/** What stands in the state of an environment that a person should know of: locks, and operations that were cut off. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StackName, stackNames } from '../../../app/stacks.ts';
import type { System } from '../../../system/system.ts';
import type { Backend } from '../operation.ts';
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

function cutOff({ url, project, stack }: Backend): readonly string[] {
  const file = join(fileURLToPath(url), '.pulumi', 'stacks', project, `${stack}.json`);
  if (!existsSync(file)) return [];
  const { latest } = (JSON.parse(readFileSync(file, 'utf8')) as Checkpoint).checkpoint;
  return (latest?.pending_operations ?? []).map(({ type, resource }) => `${type} ${resource.urn.split('::').at(-1)}`);
}

/** Findings of every stack whose state is in files here. */
export function findingsOf(backends: ReadonlyMap<StackName, Backend>, system: System): readonly Finding[] {
  return stackNames.flatMap((stack): Finding[] => {
    const backend = backends.get(stack);
    if (!backend?.url.startsWith('file://') || !existsSync(fileURLToPath(backend.url))) return [];
    const locks = locksOf(backend, system).map((lock): Finding => {
      const message = `locked by ${holderOf(lock, system.clock.now())}`;
      if (lock.stale)
        return { stack, kind: 'stale-lock', message: `${message}; that process is gone`, advice: 'opta state unlock' };
      return { stack, kind: 'locked', message, advice: 'wait for it to end, or ask its holder' };
    });
    const pending = cutOff(backend).map(
      (what): Finding => ({
        stack,
        kind: 'cut-off',
        message: `cut off while ${what}`,
        advice: 'promote again: that is settled first',
      }),
    );
    return [...locks, ...pending];
  });
}
