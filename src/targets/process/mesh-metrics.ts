/** What is measured on each edge of the mesh, as plain JSON over IPC and the control socket. */

/** One caller and one callee, since the data plane started. */
export interface EdgeMetrics {
  /** `<layer>/<module>`, or `opta/ingress`. */
  readonly caller: string;
  readonly callee: string;
  /** HTTP requests and gRPC calls, finished ones; for raw TCP, connections. */
  readonly requests: number;
  /** Neither a 5xx nor a gRPC status that means the server failed, and not broken off. */
  readonly succeeded: number;
  /** Calls that the callee's sidecar turned away for a missing link. */
  readonly refused: number;
  readonly retries: number;
  /** Bytes of bodies, from the caller and to it. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Milliseconds until the answer was complete; undefined without any. */
  readonly latency?: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Milliseconds in all. */
  readonly latencySum: number;
  /** Cumulative counts at upper bounds in milliseconds. */
  readonly buckets: readonly (readonly [number, number])[];
  /** Every request of it went over TLS with both certificates checked. */
  readonly mtls: boolean;
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
