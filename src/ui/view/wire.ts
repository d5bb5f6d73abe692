/** What the web view is sent: the map once, then at most four times a second what has changed. Plain JSON. */
import type { ServiceState } from '../../engine/event.ts';
import type { LogLine } from '../../engine/picture.ts';
import type { Trace } from '../../engine/trace.ts';

interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
}

interface MapSpot extends Frame {
  /** `<layer>/<module>`, `ingress` or `client`. */
  readonly id: string;
  readonly kind: string;
}

interface MapLine {
  readonly from: string;
  readonly to: string;
  /** Of an SVG path. */
  readonly path: string;
  /** Middle of its words. */
  readonly x: number;
  readonly y: number;
  readonly security: string;
}

export interface MapShape {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly areas: readonly (Frame & { readonly depth: number })[];
  readonly spots: readonly MapSpot[];
  readonly lines: readonly MapLine[];
}

/** One edge over the last seconds. Ends are spots of the map. */
export interface EdgeNow {
  readonly from: string;
  readonly to: string;
  readonly perSecond: number;
  /** 0 to 1; absent without requests. */
  readonly success?: number;
  /** Milliseconds, absent without requests. */
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly retriesPerSecond: number;
  /** Since the mesh started. */
  readonly requests: number;
  readonly refused: number;
  readonly mtls: boolean;
}

export interface ServiceNow {
  readonly id: string;
  readonly state: ServiceState;
  readonly ready: number;
  readonly wanted: number;
  readonly why?: string;
}

export interface Now {
  readonly services: readonly ServiceNow[];
  readonly edges: readonly EdgeNow[];
}

export interface Logs {
  readonly lines: readonly (LogLine & { readonly at: number })[];
  /** Lines left out because there were too many. */
  readonly dropped: number;
}

/** Names of the server-sent events and what they carry. */
export interface Updates {
  readonly map: MapShape;
  readonly now: Now;
  readonly logs: Logs;
  readonly traces: readonly Trace[];
}
