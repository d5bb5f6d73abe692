/** Events: plain JSON facts while a plan runs. Screen, lines and json are folds of the same stream. */
import type { Diagnostic, ErrorCode } from '../errors.ts';
import type { Goal, StepKind } from './step.ts';

export type StepState = 'running' | 'unchanged' | 'done' | 'failed' | 'skipped' | 'aborted';

export type ServiceState =
  | 'waiting'
  | 'installing'
  | 'starting'
  | 'ready'
  | 'rolling'
  | 'restarting'
  | 'failed'
  | 'stopping'
  | 'stopped';

/** A failure as data: what main.ts and the screens print. */
export interface Failure {
  readonly code: ErrorCode | 'bug';
  readonly message: string;
  readonly hints: readonly string[];
  readonly detail: readonly string[];
  readonly place?: Diagnostic['place'];
}

/** `at` is milliseconds since 1970 UTC; durations are milliseconds. */
export type Event = { readonly at: number } & (
  | {
      readonly type: 'plan';
      readonly goal: Goal;
      readonly target: string;
      readonly reason: string;
      readonly steps: readonly {
        readonly id: string;
        readonly title: string;
        readonly kind: StepKind;
        readonly needs: readonly string[];
      }[];
    }
  | {
      readonly type: 'step';
      readonly id: string;
      readonly state: StepState;
      /** Milliseconds since the step began; absent on 'running'. */
      readonly ms?: number;
      readonly failure?: Failure;
    }
  | { readonly type: 'note'; readonly id: string; readonly why: string }
  | {
      readonly type: 'progress';
      readonly id: string;
      readonly done: number;
      readonly total?: number;
      readonly unit: 'bytes' | 'items';
    }
  | {
      readonly type: 'service';
      /** `<layer>/<module>`. */
      readonly service: string;
      readonly kind: 'service' | 'resource';
      readonly state: ServiceState;
      readonly ready: number;
      readonly wanted: number;
      readonly why?: string;
      readonly url?: string;
      readonly restarts?: number;
    }
  | {
      readonly type: 'log';
      readonly service: string;
      readonly replica: number;
      readonly stream: 'stdout' | 'stderr' | 'opta';
      readonly line: string;
    }
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic }
  | {
      readonly type: 'address';
      readonly title: string;
      readonly url: string;
      readonly plainUrl?: string;
      readonly host?: string;
    }
  | {
      /** What a command found or made, as data: the last word of `--json`. Renderers for people print it elsewhere. */
      readonly type: 'result';
      readonly title: string;
      readonly value: unknown;
    }
  | {
      readonly type: 'end';
      readonly outcome: Outcome;
      readonly ms: number;
      /** Step ids whose durations add up to the run. */
      readonly criticalPath: readonly { readonly id: string; readonly ms: number }[];
    }
);

export type Outcome = 'unchanged' | 'done' | 'failed' | 'aborted';

/** An event as its producer says it: `at` is filled in by the stream. */
export type Said = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

/** Adds a fact to the stream. Redaction and removal of control characters happen behind it, once. */
export type Emit = (event: Said) => void;
