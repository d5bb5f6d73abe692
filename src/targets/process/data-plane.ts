/** What the data plane process (ingress and outbound proxies) is told, as plain JSON over its IPC channel. */

import type { MeshMetrics } from './mesh-metrics.ts';
import type { Asked, Recordings } from './tracing/store.ts';

export interface Endpoint {
  readonly replica: number;
  /** On 127.0.0.1. */
  readonly port: number;
}

/** One service port that others can reach by name. */
export interface Upstream {
  /** `<layer>/<module>:<port name>`. */
  readonly key: string;
  readonly service: string;
  readonly protocol: 'http' | 'grpc' | 'websocket' | 'tcp';
  /** Names it answers to, such as `data.back` and `data.back.svc.cluster.local`. */
  readonly hosts: readonly string[];
  readonly servicePort: number;
  /** Seconds. */
  readonly timeouts: { readonly request?: number; readonly idle?: number };
  readonly retries?: { readonly attempts: number; readonly on: readonly ('5xx' | 'connect')[] };
  readonly consistentHash?: string;
  readonly sticky?: { readonly maxAgeSeconds: number };
  /** Ready replicas only. Replaced whole by `endpoints` messages. */
  readonly endpoints: readonly Endpoint[];
  /** Services that its sidecars let in, `opta/ingress` among them; undefined is everyone of the same root. */
  readonly callers?: readonly string[];
}

export interface IngressRoute {
  readonly upstream: string;
  /** `*` is any host. */
  readonly host: string;
  readonly path: string;
  readonly strip: boolean;
}

/** The outbound proxy of one calling service. All listeners are on 127.0.0.1. */
export interface Outbound {
  readonly service: string;
  /** Port of its HTTP proxy (CONNECT and absolute form). */
  readonly proxyPort: number;
  /** A listener for each linked upstream: `<module>_url` and `<module>_<port>_addr` lead here. */
  readonly direct: readonly { readonly upstream: string; readonly port: number }[];
  /** Upstream keys it may call; undefined is all. */
  readonly allowed?: readonly string[];
}

/** A collector of the user's that all spans are sent on to. */
export interface SpansTarget {
  /** Whole, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** May hold credentials: never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** As JSON instead of protobuf. */
  readonly json: boolean;
}

export interface DataPlaneConfig {
  readonly ingress: {
    readonly httpsPort: number;
    readonly httpPort: number;
    /** PEM files. */
    readonly certificateFile: string;
    readonly keyFile: string;
    readonly routes: readonly IngressRoute[];
  };
  /** PEM files: the root everyone trusts, and the issuer of this project's leaf certificates. */
  readonly mesh: { readonly rootFile: string; readonly issuerFile: string; readonly issuerKeyFile: string };
  /** On 127.0.0.1: `/metrics` for Prometheus. */
  readonly metricsPort?: number;
  /** On 127.0.0.1: where apps send their spans, OTLP over HTTP. */
  readonly spansPort?: number;
  readonly spansTo?: SpansTarget;
  readonly upstreams: readonly Upstream[];
  readonly outbound: readonly Outbound[];
  /** The user's own proxy for hosts that are not ours, from the environment; may hold credentials: never logged. */
  readonly parentProxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
}

/** To the data plane. Answered by `DataPlaneReply` with the same `seq`. */
export type DataPlaneRequest =
  | { readonly seq: number; readonly type: 'config'; readonly config: DataPlaneConfig }
  | {
      readonly seq: number;
      readonly type: 'endpoints';
      readonly upstream: string;
      readonly endpoints: readonly Endpoint[];
    }
  /** Resolves when no request or connection is under way to that port, or after `graceMs`. */
  | {
      readonly seq: number;
      readonly type: 'drain';
      readonly upstream: string;
      readonly port: number;
      readonly graceMs: number;
    }
  /** Answered with `mesh`. */
  | { readonly seq: number; readonly type: 'metrics' }
  /** Answered with `traces`. */
  | { readonly seq: number; readonly type: 'traces'; readonly asked: Asked }
  | { readonly seq: number; readonly type: 'stop'; readonly graceMs: number };

export type DataPlaneReply =
  | { readonly seq: number; readonly ok: true; readonly mesh?: MeshMetrics; readonly traces?: Recordings }
  | {
      readonly seq: number;
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly port?: number;
    };
