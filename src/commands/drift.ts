/** `opta drift`: what others changed in an environment, field by field. */
import { doorOf } from './cloud/door.ts';
import { driftWith } from './cloud/drift-with.ts';
import type { ExitCode, Invocation } from './invocation.ts';

export async function drift(invocation: Invocation): Promise<ExitCode> {
  return driftWith(invocation, await doorOf(invocation));
}
