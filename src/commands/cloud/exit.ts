/** The exit code of a promotion by what stopped it. */
import type { RunResult } from '../../engine/run.ts';
import type { ExitCode } from '../invocation.ts';
import { exitCodeOf } from '../run-plan.ts';

const codes: Readonly<Record<string, ExitCode>> = {
  'approval-needed': 11,
  'environment-held': 12,
  'release-unverified': 12,
  'release-differs': 12,
  'needs-waiver': 12,
  'plan-changed': 12,
  'destroy-protected': 12,
  'kept-replaced': 12,
  'layer-missing': 12,
  'drift-found': 12,
  'drift-not-adopted': 12,
  'policy-broken': 12,
  'stack-locked': 14,
};

export const refusals: ReadonlySet<string> = new Set(Object.keys(codes).filter((code) => codes[code] === 12));

/** `applying`: something may have been made already, so that any other failure is one to go on from. */
export function promotionExit(result: RunResult, applying: boolean): ExitCode {
  const plain = exitCodeOf(result);
  if (plain !== 1) return plain;
  const found = result.failures.flatMap(({ failure }) => codes[failure.code] ?? []);
  return found[0] ?? (applying ? 13 : 1);
}

export const exitOf = (code: string): ExitCode | undefined => codes[code];
