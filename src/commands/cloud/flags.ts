/** Flags of the commands about cloud environments. */
import { type DriftChoice, driftChoices } from '../../targets/cloud/plan/drift.ts';
import { type Invocation, text, wrongValue } from '../invocation.ts';

export function driftChoice(invocation: Invocation): DriftChoice {
  const value = text(invocation, 'drift') ?? 'stop';
  const found = driftChoices.find((one) => one === value);
  if (found === undefined) throw wrongValue('drift', value, driftChoices.join(', '));
  return found;
}
