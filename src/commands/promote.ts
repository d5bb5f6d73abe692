/** `opta promote`: moves a release to an environment in a cloud. */
import { doorOf } from './cloud/door.ts';
import { promoteWith } from './cloud/promote-with.ts';
import type { ExitCode, Invocation } from './invocation.ts';

export async function promote(invocation: Invocation): Promise<ExitCode> {
  return promoteWith(invocation, await doorOf(invocation));
}
