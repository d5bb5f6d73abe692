/** An edge of the mesh: the one shape of who calls whom, whatever measured it. */

/** One caller and one callee, since what measures them started. Plain JSON. */
export interface Edge {
  /** `<layer>/<module>`, `opta/ingress`, or in a cluster `outside the mesh`. */
  readonly caller: string;
  readonly callee: string;
  /** HTTP requests and gRPC calls, finished ones; for raw TCP, connections. */
  readonly requests: number;
  /** Neither a 5xx nor a gRPC status that means the server failed, and not broken off. */
  readonly succeeded: number;
  /** Calls that the callee's side turned away for a missing link. */
  readonly refused: number;
  readonly retries: number;
  /** Bytes from the caller and to it: of bodies between processes, with headers in a cluster. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Milliseconds until the answer was complete, at the callee's in a cluster; undefined without any. */
  readonly latency?: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** All of it went over TLS with both certificates checked. */
  readonly mtls: boolean;
}
