/** Which step starts when: as its needs end well, until nothing is left to wait for. */
import { type Attempt, attempt, type Setting } from './attempt.ts';
import type { Failure, StepState } from './event.ts';
import { failureOf } from './failure.ts';
import type { Graph } from './graph.ts';
import type { Step } from './step.ts';

export interface StepEnd {
  readonly id: string;
  readonly state: Exclude<StepState, 'running'>;
  /** Milliseconds; 0 for a step that never started. */
  readonly ms: number;
  readonly failure?: Failure;
}

export interface StepFailure {
  readonly step: string;
  readonly failure: Failure;
  /** What was thrown. */
  readonly error: unknown;
}

export interface Progress {
  /** How steps ended; `after` is the step whose end let this one start. */
  readonly ended: Map<string, { readonly end: StepEnd; readonly after: string | undefined }>;
  /** Steps whose `run` was called and may have changed something, in order of their ends. */
  readonly touched: Step[];
  readonly failures: StepFailure[];
  last: string | undefined;
}

export interface ScheduleOptions extends Setting {
  readonly parallel: number;
  readonly keepGoing: boolean;
  readonly debug: boolean;
}

/**
 * Milliseconds that steps which only wait get once another has failed: enough to tell their own trouble when the cause
 * is the same, and no more, because what waits for something broken would wait to its deadline.
 */
export const waitAfterFailureMs = 5_000;

interface Run {
  readonly graph: Graph;
  readonly options: ScheduleOptions;
  readonly progress: Progress;
  /** How many needs of a step have not ended well yet. */
  readonly missing: Map<string, number>;
  readonly ready: Step[];
  /** Strikes steps that only wait. */
  readonly vain: AbortController;
  /** Cancels the strike that is due. */
  spare: (() => void) | undefined;
}

type Result = Pick<Attempt, 'error'> & { readonly state: StepEnd['state'] };

function isSame(a: Failure, b: Failure): boolean {
  return a.code === b.code && a.message === b.message && a.place?.line === b.place?.line;
}

function giveUpWaiting(run: Run): void {
  const { system, keepGoing } = run.options;
  if (keepGoing) return;
  run.spare ??= system.clock.after(waitAfterFailureMs, () => run.vain.abort(new Error('another step has failed')));
}

/** Notes how a step ended, and frees or skips those that need it. */
function settle(run: Run, step: Step, after: string | undefined, ms: number, result: Result): void {
  const { progress, options, graph } = run;
  const left: [Step, string | undefined, number, Result][] = [[step, after, ms, result]];
  for (let next = left.shift(); next; next = left.shift()) {
    const [current, freedBy, took, { state, error }] = next;
    const { id } = current;
    if (progress.ended.has(id)) continue;
    const found = error === undefined ? undefined : failureOf(error, options);
    // One cause that strikes several steps at once is told once.
    const failure = found && progress.failures.some((other) => isSame(other.failure, found)) ? undefined : found;
    if (failure) {
      progress.failures.push({ step: id, failure, error });
      giveUpWaiting(run);
    }
    const told = found === undefined || failure !== undefined;
    const end: StepEnd = { id, state: told ? state : 'aborted', ms: took, ...(failure && { failure }) };
    progress.ended.set(id, { end, after: freedBy });
    options.emit({ type: 'step', ...end });
    for (const dependent of graph.dependents.get(id) ?? []) {
      const waiting = graph.steps.get(dependent) as Step;
      const count = (run.missing.get(dependent) ?? 0) - 1;
      run.missing.set(dependent, count);
      if (state !== 'done' && state !== 'unchanged') {
        left.push([waiting, undefined, 0, { state: state === 'aborted' ? 'aborted' : 'skipped' }]);
      } else if (count === 0 && !progress.ended.has(dependent)) run.ready.push(waiting);
    }
  }
}

async function start(run: Run, step: Step, after: string | undefined): Promise<void> {
  const { options, vain, progress } = run;
  const { clock } = options.system;
  const began = clock.monotonic();
  options.emit({ type: 'step', id: step.id, state: 'running' });
  const signal = step.kind === 'wait' ? AbortSignal.any([options.signal, vain.signal]) : options.signal;
  const result = await attempt(step, { ...options, signal });
  if (result.began && result.state !== 'unchanged') progress.touched.push(step);
  progress.last = step.id;
  settle(run, step, after, clock.monotonic() - began, result);
}

/** Runs every step of the graph that can run. Rejects only when emitting throws. */
export function schedule(graph: Graph, options: ScheduleOptions): Promise<Progress> {
  const { signal, parallel, keepGoing } = options;
  const all = [...graph.steps.values()];
  const progress: Progress = { ended: new Map(), touched: [], failures: [], last: undefined };
  const missing = new Map(all.map((step) => [step.id, new Set(step.needs).size]));
  const ready = all.filter((step) => step.needs.length === 0);
  const run: Run = { graph, options, progress, missing, ready, vain: new AbortController(), spare: undefined };
  let running = 0;
  return new Promise((resolve, reject) => {
    const pump = (after?: string): void => {
      while (run.ready.length > 0 && running < parallel) {
        const step = run.ready.shift() as Step;
        if (signal.aborted) settle(run, step, undefined, 0, { state: 'aborted' });
        else if (progress.failures.length > 0 && !keepGoing) settle(run, step, undefined, 0, { state: 'skipped' });
        else {
          running += 1;
          start(run, step, after)
            .then(() => {
              running -= 1;
              pump(step.id);
            })
            .catch(reject);
        }
      }
      if (running > 0) return;
      run.spare?.();
      resolve(progress);
    };
    pump();
  });
}
