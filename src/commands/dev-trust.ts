/** `opta dev trust [--undo]`: the local certificate authority in the stores of this machine. */
import { planTrust } from '../platform/trust/plan.ts';
import { type ExitCode, given, type Invocation } from './invocation.ts';
import { runOnStage } from './run-plan.ts';

export async function devTrust(invocation: Invocation): Promise<ExitCode> {
  return runOnStage(invocation, await planTrust(invocation.system, { undo: given(invocation, 'undo') }));
}
