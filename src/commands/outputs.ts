/** `opta outputs`: what the stacks of an environment give: addresses, names, ids. */
import { doorOf } from './cloud/door.ts';
import { outputsWith } from './cloud/outputs-with.ts';
import type { ExitCode, Invocation } from './invocation.ts';

export async function outputs(invocation: Invocation): Promise<ExitCode> {
  return outputsWith(invocation, await doorOf(invocation));
}
