/** `opta eject`: a plain Pulumi project on the state of an environment. */
import { doorOf } from './cloud/door.ts';
import { ejectWith } from './cloud/eject-with.ts';
import type { ExitCode, Invocation } from './invocation.ts';

export async function eject(invocation: Invocation): Promise<ExitCode> {
  return ejectWith(invocation, await doorOf(invocation));
}
