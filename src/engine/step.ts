/** A plan: a pure list of idempotent steps with needs. */
import type { System } from '../system/system.ts';
import type { Emit } from './event.ts';

/** check: changes nothing. change: makes the world so. wait: a check with a deadline that says why it waits. */
export type StepKind = 'check' | 'change' | 'wait';

export interface StepContext {
  readonly system: System;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Says why the step waits, or what it does now; replaces the sentence before. */
  note(why: string): void;
  /** Reports a count, such as bytes of a download. `total` is undefined while unknown. */
  progress(done: number, total: number | undefined, unit: 'bytes' | 'items'): void;
}

export interface Step {
  /** Unique in its plan; stable between runs, so that goldens and records can name it. */
  readonly id: string;
  /** What the step achieves, as a user would say it; for a check a statement that should be true. */
  readonly title: string;
  readonly kind: StepKind;
  /** Ids of steps that must have ended well before this one starts. */
  readonly needs: readonly string[];
  /** For a wait: milliseconds from its start until it fails. */
  readonly deadlineMs?: number;
  /** Facts for the golden plan and for `--json`; never a secret. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** True when the world already is as wanted; then `run` is not called and the outcome is `unchanged`. */
  isDone?(context: StepContext): Promise<boolean>;
  /** Makes it so. May be called on a half-done world. Throws UserError for what the user can mend. Returning 'unchanged' says nothing had to be done. */
  run(context: StepContext): Promise<'unchanged' | undefined>;
  /** Called in reverse order for steps that ran when a later one failed and the plan is `undoOnFailure`. */
  undo?(context: StepContext): Promise<void>;
}

export type Goal = 'up' | 'down' | 'stop' | 'resume' | 'destroy' | 'sync' | 'plan' | 'promote';

export interface Plan {
  readonly goal: Goal;
  readonly target: string;
  /** One line: what was chosen and why. */
  readonly reason: string;
  readonly steps: readonly Step[];
  readonly undoOnFailure?: boolean;
}
