/** `opta state doctor`: locks and cut-off operations of an environment, each with what to do. */
import { findingsOf } from '../targets/cloud/state/standing.ts';
import { stateOf } from './cloud/state.ts';
import { type ExitCode, given, type Invocation } from './invocation.ts';

export async function stateDoctor(invocation: Invocation): Promise<ExitCode> {
  const { system } = invocation;
  const { backends, objects } = await stateOf(invocation);
  const findings = await findingsOf(backends, system, objects);
  if (given(invocation, 'json')) system.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`);
  else if (findings.length === 0) system.stdout.write('nothing is locked and nothing was cut off\n');
  else for (const { stack, message, advice } of findings) system.stdout.write(`${stack}: ${message}\n  ${advice}\n`);
  return findings.length === 0 ? 0 : 1;
}
