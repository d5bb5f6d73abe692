/** What is measured on each edge of the mesh, as plain JSON over IPC and the control socket. */
import type { Edge } from '../../engine/edge.ts';

/** An edge with what Prometheus wants beside. */
export interface EdgeMetrics extends Edge {
  /** Milliseconds in all. */
  readonly latencySum: number;
  /** Cumulative counts at upper bounds in milliseconds. */
  readonly buckets: readonly (readonly [number, number])[];
}

/** Where a replica's sidecar listens on 127.0.0.1. */
export interface SidecarPlace {
  /** `<layer>/<module>:<port name>`. */
  readonly upstream: string;
  readonly replica: number;
  readonly port: number;
}

export interface MeshMetrics {
  readonly edges: readonly EdgeMetrics[];
  readonly sidecars: readonly SidecarPlace[];
}
