/** `opta destroy`: takes down what was promoted to an environment. */

import { destroyWith } from './cloud/destroy-with.ts';
import { doorOf } from './cloud/door.ts';
import type { ExitCode, Invocation } from './invocation.ts';

export async function destroy(invocation: Invocation): Promise<ExitCode> {
  return destroyWith(invocation, await doorOf(invocation));
}
