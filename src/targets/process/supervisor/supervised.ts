/** What the supervisor can do with a program of any kind. */
import type { ProgramSpec, ProgramStatus } from '../spec.ts';
import type { ServiceEvent } from './program-event.ts';

/**
 * What a newer spec led to. `started`: there was no such program before. `rolling`: processes are being replaced, in
 * the background. `updated`: it holds from now on, without that.
 */
export type Updated = 'unchanged' | 'started' | 'rolling' | 'updated';

export interface Supervised {
  readonly spec: ProgramSpec;
  start(): void;
  update(spec: ProgramSpec): Updated;
  /** Brings every replica to the newest code. */
  roll(): void;
  status(): ProgramStatus;
  event(): ServiceEvent;
  waitReady(deadlineMs: number, signal?: AbortSignal): Promise<ProgramStatus>;
  /** Ends everything of it. With `drain`, requests under way end first. */
  stop(drain: boolean): Promise<void>;
}
