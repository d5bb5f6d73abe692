/** Runs a plan and tells it as events: `plan` first, `end` last. */
import type { System } from '../system/system.ts';
import { reporting } from './attempt.ts';
import type { Emit, Outcome } from './event.ts';
import { failureOf } from './failure.ts';
import { graphOf } from './graph.ts';
import { type Progress, type ScheduleOptions, type StepEnd, type StepFailure, schedule } from './schedule.ts';
import type { Plan } from './step.ts';

export interface RunOptions {
  readonly system: System;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** How many steps may run at once; all that can by default. */
  readonly parallel?: number;
  /** Starts independent steps after a failure too; by default only when the goal is to take down. */
  readonly keepGoing?: boolean;
  /** Puts stacks of bugs into failures. */
  readonly debug?: boolean;
}

export interface RunResult {
  readonly outcome: Outcome;
  readonly ms: number;
  /** In plan order. */
  readonly steps: readonly StepEnd[];
  /** In the order they happened; failures of taking back come last. */
  readonly failures: readonly StepFailure[];
  /** Steps whose durations add up to the run. */
  readonly criticalPath: readonly { readonly id: string; readonly ms: number }[];
}

/** Checks and waits change nothing, so a plan is unchanged when no change was made. */
function outcomeOf(plan: Plan, { ended, failures }: Progress, signal: AbortSignal): Outcome {
  const states = plan.steps.map((step) => ended.get(step.id)?.end.state);
  if (states.every((state) => state === 'done' || state === 'unchanged') && failures.length === 0) {
    return plan.steps.some((step, at) => step.kind === 'change' && states[at] === 'done') ? 'done' : 'unchanged';
  }
  return signal.aborted ? 'aborted' : 'failed';
}

/** From the last end back to the start: each step with the one whose end let it begin. */
function criticalPath({ ended, last }: Progress): { id: string; ms: number }[] {
  const path: { id: string; ms: number }[] = [];
  for (let id = last; id !== undefined; id = ended.get(id)?.after) path.unshift({ id, ms: ended.get(id)?.end.ms ?? 0 });
  return path;
}

/** Takes back what ran, last first. The run's signal may have struck already, so taking back gets one of its own. */
async function takeBack(progress: Progress, { system, emit, debug }: ScheduleOptions): Promise<void> {
  const { signal } = new AbortController();
  for (const step of progress.touched.toReversed()) {
    if (!step.undo) continue;
    const { context } = reporting(step, { system, signal, emit });
    context.note('taking it back');
    try {
      await step.undo(context);
      context.note('taken back');
    } catch (error) {
      const failure = failureOf(error, { debug });
      progress.failures.push({ step: step.id, failure, error });
      context.note(`could not be taken back: ${failure.message}`);
    }
  }
}

/**
 * Runs `plan` to its end. What fails is data in the result; it rejects only for a bug: a faulty plan (unknown need,
 * cycle, duplicate id) or an `emit` that throws. After a failure the steps under way end and no new one starts.
 */
export async function run(plan: Plan, options: RunOptions): Promise<RunResult> {
  const graph = graphOf(plan);
  const { system, signal, emit, parallel = Number.POSITIVE_INFINITY, debug = false } = options;
  const keepGoing = options.keepGoing ?? (plan.goal === 'down' || plan.goal === 'destroy');
  const began = system.clock.monotonic();
  const steps = plan.steps.map(({ id, title, kind, needs }) => ({ id, title, kind, needs }));
  emit({ type: 'plan', goal: plan.goal, target: plan.target, reason: plan.reason, steps });
  const setting: ScheduleOptions = { system, signal, emit, parallel, keepGoing, debug };
  const progress = await schedule(graph, setting);
  const outcome = outcomeOf(plan, progress, signal);
  if (plan.undoOnFailure && (outcome === 'failed' || outcome === 'aborted')) await takeBack(progress, setting);
  const ms = system.clock.monotonic() - began;
  const path = criticalPath(progress);
  emit({ type: 'end', outcome, ms, criticalPath: path });
  const ends = plan.steps.flatMap(({ id }) => progress.ended.get(id)?.end ?? []);
  return { outcome, ms, steps: ends, failures: progress.failures, criticalPath: path };
}
