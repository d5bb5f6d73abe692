/** One step: asks the world, changes it, keeps the deadline, and tells how it ended. */
import { UserError } from '../errors.ts';
import type { System } from '../system/system.ts';
import type { Emit, StepState } from './event.ts';
import type { Step, StepContext } from './step.ts';

export interface Setting {
  readonly system: System;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** How a step ended. `began` is true when its `run` was called. */
export interface Attempt {
  readonly state: Exclude<StepState, 'running' | 'skipped'>;
  readonly began: boolean;
  readonly error?: unknown;
}

/** Milliseconds that a step gets to clean up after its deadline. */
const grace = 2000;
/** Milliseconds between two reports of a count. */
const progressEvery = 100;

interface Reporting {
  readonly context: StepContext;
  lastNote(): string | undefined;
  /** Says the count that was held back, if any. */
  flush(): void;
}

/** A context whose notes are remembered and whose counts are thinned out. */
export function reporting(step: Step, { system, signal, emit }: Setting): Reporting {
  let note: string | undefined;
  let due = Number.NEGATIVE_INFINITY;
  let held: (() => void) | undefined;
  const flush = () => {
    held?.();
    held = undefined;
  };
  const context: StepContext = {
    system,
    signal,
    emit,
    note(why) {
      if (why === note) return;
      note = why;
      emit({ type: 'note', id: step.id, why });
    },
    progress(done, total, unit) {
      held = () => emit({ type: 'progress', id: step.id, done, ...(total !== undefined && { total }), unit });
      const now = system.clock.monotonic();
      if (now < due && done !== total) return;
      due = now + progressEvery;
      flush();
    },
  };
  return { context, lastNote: () => note, flush };
}

function timeout(step: Step, note: string | undefined): UserError {
  const seconds = (step.deadlineMs ?? 0) / 1000;
  return new UserError('step-timeout', `${step.title}: not within ${seconds} s${note ? `; last: ${note}` : ''}`, {
    hints: ['Look at the logs of what it waits for; then run again: what is done stays done.'],
  });
}

/** True for errors that only say that the signal struck. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (error === signal.reason) return true;
  return error instanceof Error && (error.name === 'AbortError' || error.cause === signal.reason);
}

/**
 * Runs one step to its end; never rejects. An abort waits for the step to end by itself; a deadline waits a moment
 * for it to clean up and prefers the UserError it throws then to `step-timeout`.
 */
export async function attempt(step: Step, setting: Setting): Promise<Attempt> {
  const { signal, system } = setting;
  const late = new AbortController();
  const report = reporting(step, { ...setting, signal: AbortSignal.any([signal, late.signal]) });
  let began = false;
  const work = async (): Promise<Attempt> => {
    if (await step.isDone?.(report.context)) return { state: 'unchanged', began };
    report.context.signal.throwIfAborted();
    began = true;
    const answer = await step.run(report.context);
    return { state: answer === 'unchanged' ? 'unchanged' : 'done', began };
  };
  const deadline = withDeadline(step, system, late);
  const ended = await Promise.race([
    work().catch((error: unknown): Attempt => ({ state: 'failed', began, error })),
    deadline.grace,
  ]);
  deadline.cancel();
  report.flush();
  if (late.signal.aborted && !signal.aborted) {
    const error = ended?.error instanceof UserError ? ended.error : timeout(step, report.lastNote());
    return { state: 'failed', began, error };
  }
  if (!ended) return { state: 'aborted', began };
  if (ended.state !== 'failed' || !signal.aborted || ended.error instanceof UserError) return ended;
  return isAbort(ended.error, signal) ? { state: 'aborted', began } : { state: 'aborted', began, error: ended.error };
}

/** Strikes `late` at the deadline; `grace` resolves when the time to clean up is over too. */
function withDeadline(
  step: Step,
  { clock }: System,
  late: AbortController,
): { grace: Promise<undefined>; cancel(): void } {
  let cancel = () => {};
  const over = new Promise<undefined>((resolve) => {
    if (step.deadlineMs === undefined) return;
    cancel = clock.after(step.deadlineMs, () => {
      late.abort(new Error('deadline'));
      cancel = clock.after(grace, () => resolve(undefined));
    });
  });
  return { grace: over, cancel: () => cancel() };
}
