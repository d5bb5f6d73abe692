/** The door to stacks that commands take: the engine in a child process. Loaded only where stacks are opened. */
import type { StackDoor } from '../../targets/cloud/operation.ts';
import type { Invocation } from '../invocation.ts';

export async function doorOf({ system, packageRoot }: Invocation): Promise<StackDoor> {
  const { stackDoor } = await import('../../targets/cloud/engine/open.ts');
  return stackDoor(system, packageRoot);
}
