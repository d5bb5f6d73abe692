/** The state that a stream of events adds up to: what screen, lines and replay draw. Plain data. */
import type { Diagnostic } from '../errors.ts';
import type { Event, Failure, ServiceState, StepState } from './event.ts';
import type { Goal, StepKind } from './step.ts';

export interface StepRow {
  readonly id: string;
  readonly title: string;
  readonly kind: StepKind;
  readonly needs: readonly string[];
  readonly state: 'pending' | StepState;
  /** Why it waits or what it does now; gone when it has ended. */
  readonly why?: string;
  /** `at` of its start. */
  readonly since?: number;
  /** Milliseconds, when it has ended. */
  readonly ms?: number;
  readonly count?: { readonly done: number; readonly total?: number; readonly unit: 'bytes' | 'items' };
  readonly failure?: Failure;
}

export interface LogLine {
  readonly service: string;
  readonly replica: number;
  readonly stream: 'stdout' | 'stderr' | 'opta';
  readonly line: string;
}

export interface ServiceRow {
  readonly id: string;
  readonly kind: 'service' | 'resource';
  readonly state: ServiceState;
  readonly ready: number;
  readonly wanted: number;
  readonly restarts: number;
  readonly why?: string;
  readonly url?: string;
  /** `at` when it was last not ready yet. */
  readonly since: number;
  /** Milliseconds it took until it was ready. */
  readonly ms?: number;
  /** Its last lines, oldest first. */
  readonly log: readonly LogLine[];
}

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

export interface Picture {
  readonly goal?: Goal;
  readonly target?: string;
  readonly reason?: string;
  /** `at` of the plan. */
  readonly since: number;
  /** `at` of the last event. */
  readonly at: number;
  readonly steps: readonly StepRow[];
  readonly services: readonly ServiceRow[];
  /** Last lines of all services, oldest first. */
  readonly log: readonly LogLine[];
  readonly addresses: readonly Omit<Of<'address'>, 'type' | 'at'>[];
  readonly diagnostics: readonly Diagnostic[];
  readonly end?: Omit<Of<'end'>, 'type' | 'at'>;
}

export const emptyPicture: Picture = {
  since: 0,
  at: 0,
  steps: [],
  services: [],
  log: [],
  addresses: [],
  diagnostics: [],
};

/** True for a step that will not change any more. */
export function hasEnded({ state }: Pick<StepRow, 'state'>): boolean {
  return state !== 'pending' && state !== 'running';
}

/** True for a service whose own log lines should be shown with it. */
export function isFailing({ state, restarts, ready, wanted }: ServiceRow): boolean {
  return state === 'failed' || state === 'restarting' || (state === 'starting' && restarts > 0 && ready < wanted);
}

/** The unfinished steps that `row` waits for. */
export function waitsFor({ steps }: Picture, row: StepRow): readonly StepRow[] {
  const needs = new Set(row.needs);
  return steps.filter((step) => needs.has(step.id) && !hasEnded(step));
}
