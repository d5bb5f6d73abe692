/** Checks of a machine as data: statements that should be true, asked all at once, each with what mends it. */
import type { System } from '../system/system.ts';

interface Fix {
  /** argv of each command, in order; shown before it runs. */
  readonly commands: readonly (readonly string[])[];
}

export type Verdict =
  | { readonly state: 'ok'; readonly says?: string }
  | { readonly state: 'failed'; readonly says: string; readonly fix?: Fix }
  /** Does not matter here, or was not asked; `says` is why. */
  | { readonly state: 'skipped'; readonly says: string };

export interface Check {
  /** Also the heading of docs/doctor.md that helps. */
  readonly id: string;
  readonly category: string;
  /** A statement that should be true. */
  readonly title: string;
  /** `fatal` keeps opta from working; `warning` is felt some day. */
  readonly severity: 'fatal' | 'warning';
  ask(system: System): Promise<Verdict>;
}

export interface Checked {
  readonly check: Check;
  readonly verdict: Verdict;
  readonly ms: number;
}

export const ok = (says?: string): Verdict => ({ state: 'ok', ...(says !== undefined && { says }) });
export const skipped = (says: string): Verdict => ({ state: 'skipped', says });

export function failed(says: string, ...commands: readonly (readonly string[])[]): Verdict {
  return { state: 'failed', says, ...(commands.length > 0 && { fix: { commands } }) };
}

/** One check. What it throws is a verdict too: the statement could not be shown to be true. */
export async function askOne(check: Check, system: System): Promise<Checked> {
  const start = system.clock.monotonic();
  let verdict: Verdict;
  try {
    verdict = await check.ask(system);
  } catch (error) {
    verdict = failed(`could not be checked: ${(error as Error).message}`);
  }
  return { check, verdict, ms: Math.round(system.clock.monotonic() - start) };
}

/** All at once, in the given order. */
export function askAll(checks: readonly Check[], system: System): Promise<Checked[]> {
  return Promise.all(checks.map((check) => askOne(check, system)));
}

/** False when a fatal one failed. */
export const isSound = (all: readonly Checked[]): boolean =>
  all.every(({ check, verdict }) => check.severity !== 'fatal' || verdict.state !== 'failed');

/**
 * Runs what mends each failed check, `tell` shows each command first, one after the other; then asks that check again.
 * The commands get the user's terminal, so that sudo can ask; what they print goes to standard error.
 */
export async function mend(
  all: readonly Checked[],
  system: System,
  signal: AbortSignal,
  tell: (argv: readonly string[], failure?: string) => void,
): Promise<Checked[]> {
  const after: Checked[] = [];
  for (const one of all) {
    const commands = one.verdict.state === 'failed' ? (one.verdict.fix?.commands ?? []) : [];
    for (const argv of commands) {
      signal.throwIfAborted();
      tell(argv);
      const { code, error } = await system.processes.spawn(argv, { cwd: system.cwd, stdio: ['inherit', 2, 2] }).ended;
      if (error !== undefined || code !== 0) tell(argv, error?.message ?? `code ${code}`);
    }
    after.push(commands.length === 0 ? one : await askOne(one.check, system));
  }
  return after;
}
