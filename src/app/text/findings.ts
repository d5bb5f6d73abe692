/** Collects every problem of the user's files, so that all are told at once. */
import type { Diagnostic, ErrorCode, Place, Severity } from '../../errors.ts';
import { placeOf, type Range, type Source } from './source.ts';

export interface Findings {
  readonly list: Diagnostic[];
  /** Errors so far. */
  readonly errors: number;
  add(severity: Severity, code: ErrorCode, message: string, place: Place | undefined, hints?: readonly string[]): void;
  /** Like `add`, but at most once a run for the same key. */
  once(
    key: string,
    severity: Severity,
    code: ErrorCode,
    message: string,
    place: Place | undefined,
    hints?: readonly string[],
  ): void;
}

/** More problems than this are counted, not listed: a broken file must not flood the screen. */
const most = 200;

export function newFindings(): Findings {
  const list: Diagnostic[] = [];
  const keys = new Set<string>();
  let errors = 0;
  const findings: Findings = {
    list,
    get errors() {
      return errors;
    },
    add(severity, code, message, place, hints = []) {
      if (severity === 'error') errors += 1;
      if (severity === 'error' && errors > most) return;
      list.push({ severity, code, message, ...(place === undefined ? {} : { place }), hints });
    },
    once(key, ...rest) {
      if (keys.has(key)) return;
      keys.add(key);
      findings.add(...rest);
    },
  };
  return findings;
}

/** Reports an error at a range of a source. */
export function problem(
  findings: Findings,
  source: Source,
  range: Range,
  code: ErrorCode,
  message: string,
  hints: readonly string[] = [],
): void {
  findings.add('error', code, message, placeOf(source, range), hints);
}
