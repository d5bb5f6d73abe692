/** What travels on the control socket: one JSON object a line. A request has a number, and every answer bears it. */
import type { Failure } from '../../../engine/event.ts';
import type { DataPlaneConfig } from '../data-plane.ts';
import type { MeshMetrics } from '../mesh-metrics.ts';
import type { ProgramSpec, ProgramStatus } from '../spec.ts';
import type { Asked, Recordings } from '../tracing/store.ts';
import type { RanOnce } from './once.ts';
import type { Updated } from './supervised.ts';

/** Characters of one request: a thousand programs with long environments fit. */
export const longestMessage = 64 * 1024 * 1024;

export interface Hello {
  /** Of the opta that runs the supervisor. */
  readonly version: string;
  readonly pid: number;
  readonly startTime: string;
  /** It is on its way out: wait for its end and start another one. */
  readonly stopping: boolean;
  /** What a supervisor before it had left running, and was ended at its start. */
  readonly recovered: readonly { readonly id: string; readonly replica: number; readonly pid: number }[];
}

export interface Described {
  /** With its secrets. */
  readonly spec: ProgramSpec;
  readonly status: ProgramStatus;
}

/** Requests by type: what they carry and what they give. */
export interface Requests {
  hello: { readonly in: object; readonly out: Hello };
  /** From now on the supervisor stops everything when this connection drops. */
  attach: { readonly in: object; readonly out: null };
  /** The reverse of attach. */
  detach: { readonly in: object; readonly out: null };
  put: { readonly in: { readonly specs: readonly ProgramSpec[] }; readonly out: Readonly<Record<string, Updated>> };
  remove: { readonly in: { readonly ids: readonly string[] }; readonly out: null };
  list: { readonly in: object; readonly out: readonly ProgramStatus[] };
  describe: { readonly in: { readonly id: string }; readonly out: Described | null };
  configure: { readonly in: { readonly config: DataPlaneConfig }; readonly out: null };
  configuration: { readonly in: object; readonly out: DataPlaneConfig | null };
  /** null while no data plane runs. */
  metrics: { readonly in: object; readonly out: MeshMetrics | null };
  /** null while no data plane runs. */
  traces: { readonly in: { readonly asked: Asked }; readonly out: Recordings | null };
  waitReady: { readonly in: { readonly id: string; readonly deadlineMs: number }; readonly out: ProgramStatus };
  /** Items: `{ line, stream }`. */
  runOnce: { readonly in: { readonly spec: ProgramSpec }; readonly out: RanOnce };
  restart: { readonly in: { readonly id: string; readonly deadlineMs: number }; readonly out: ProgramStatus };
  /** Items: events. Never ends by itself. */
  watch: { readonly in: { readonly logs: boolean }; readonly out: null };
  /** Ends the request of that number. */
  cancel: { readonly in: { readonly of: number }; readonly out: null };
  stop: { readonly in: { readonly force: boolean }; readonly out: null };
}

export type RequestType = keyof Requests;

export type Request = {
  [T in RequestType]: { readonly seq: number; readonly type: T } & Requests[T]['in'];
}[RequestType];

export type Response =
  | { readonly seq: number; readonly item: unknown }
  | { readonly seq: number; readonly value: unknown }
  | { readonly seq: number; readonly failure: Failure };
