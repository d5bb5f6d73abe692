/** The record of one promotion: who moved which release where, why, under which plan, and how it ended. */

/** Failed: a gate or a check said no. Errored: something broke; only this one resumes. Aborted: a person ended it. */
const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Errored', 'Aborted'] as const;
export type Phase = (typeof phases)[number];

export interface Approval {
  /** Of the plan that was looked at. */
  readonly planHash: string;
  readonly by: string;
  /** ISO times. */
  readonly at: string;
  readonly expires: string;
  readonly why?: string;
}

export interface Promotion {
  /** Sorts by time: begin, then a random end. */
  readonly id: string;
  readonly environment: string;
  /** Hash of the release. */
  readonly release: string;
  readonly alias: string;
  readonly by: string;
  /** ISO times. */
  readonly begun: string;
  readonly ended?: string;
  readonly phase: Phase;
  /** Where it stands or what ended it; never a secret. */
  readonly message?: string;
  /** Why a release that was not verified before was let through. */
  readonly unverified?: string;
  readonly planHash?: string;
  readonly approval?: Approval;
  /** Stacks that were applied, in order. */
  readonly applied: readonly string[];
  /** Stacks that something was begun in: what a broken run left there is settled, and goes with a destroy. */
  readonly touched?: readonly string[];
  /** Ids of resources that a destroy kept on purpose, by Pulumi name: the next promotion imports them. */
  readonly retained: Readonly<Record<string, string>>;
  /** What the stacks gave that is no secret: addresses, names. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** True for the record that a destroy leaves. */
  readonly destroy?: true;
}

const next: Readonly<Record<Phase, readonly Phase[]>> = {
  Pending: ['Running', 'Failed', 'Aborted', 'Errored'],
  Running: ['Pending', 'Succeeded', 'Failed', 'Errored', 'Aborted'],
  Errored: ['Running'],
  Succeeded: [],
  Failed: [],
  Aborted: [],
};

/** The record in another phase, without what was said of how it ended before. Throws a plain Error for a move that makes no sense: a fault of ours. */
export function inPhase(record: Promotion, phase: Phase, more: Partial<Promotion> = {}): Promotion {
  if (record.phase !== phase && !next[record.phase].includes(phase)) {
    throw new Error(`promotion ${record.id} cannot go from ${record.phase} to ${phase}`);
  }
  const { message: _, ended: __, ...rest } = record;
  return { ...rest, ...more, phase };
}

/** The one that goes on when the same release is promoted again; a Pending one waited for delegation. */
export function resumable(records: readonly Promotion[], release: string): Promotion | undefined {
  const last = records.filter(({ destroy }) => destroy !== true).at(-1);
  const goesOn = last?.phase === 'Errored' || last?.phase === 'Pending' || last?.phase === 'Running';
  return last !== undefined && last.release === release && goesOn ? last : undefined;
}

/** The promotion whose release an environment has; undefined before the first and after a destroy. */
export function standing(records: readonly Promotion[]): Promotion | undefined {
  const last = records.filter(({ phase }) => phase === 'Succeeded').at(-1);
  return last?.destroy === true ? undefined : last;
}

/** Ids that were kept on purpose and not taken up since. */
export function retainedIn(records: readonly Promotion[]): Readonly<Record<string, string>> {
  const last = records.filter(({ phase, destroy }) => phase === 'Succeeded' || destroy === true).at(-1);
  return last?.destroy === true ? last.retained : {};
}
