/** The life of one request: what each hop on its way saw. One shape for every target, and for every way to show it. */

/**
 * Where a hop was seen. edge: TLS and the client's request at the ingress. route: the ingress's choice of a service.
 * outbound: one attempt of a caller's side of the mesh. inbound: the side before the replica. app: the service's own
 * words. query: a call to a database or another resource, in the app's words.
 */
type HopKind = 'edge' | 'route' | 'outbound' | 'inbound' | 'app' | 'query';

export interface Hop {
  /** Unique within the trace: the span's 16 hex digits where there are spans. */
  readonly id: string;
  /** The hop that it happened inside of, also when nobody reported that one; absent for the first. */
  readonly parent?: string;
  readonly kind: HopKind;
  /** Who saw it: `<layer>/<module>`, or `opta/ingress`. */
  readonly service: string;
  /** Which one of the service's replicas, as `dev status` names them: `0`, or a pod's name. */
  readonly replica?: string;
  /** `GET /orders`, `catalog.v1.Catalog/ListProducts`: never a query string, which may hold secrets. */
  readonly name: string;
  /** Milliseconds since 1970 UTC, with fractions. */
  readonly start: number;
  readonly ms: number;
  /** `200`, `grpc 14`, `no answer`; absent when it was not seen. */
  readonly status?: string;
  readonly failed: boolean;
  /** Of an edge: what the client's connection was. */
  readonly tls?: { readonly version: string; readonly protocol: string; readonly serverName?: string };
  /** Of a route. `path` is what was matched, `*` is any host. */
  readonly route?: { readonly host: string; readonly path: string; readonly strip: boolean; readonly to: string };
  /** The other side of an outbound (callee) or inbound (caller) hop. */
  readonly peer?: Peer;
  /** Of an outbound hop: 1 for the first; later ones are retries. */
  readonly attempt?: number;
  /** Why the mesh turned the call away, with the link that is missing. */
  readonly refused?: string;
  /** Of what is no request with one answer: a connection that was switched to WebSocket, or raw TCP. */
  readonly connection?: Connection;
  /** What an app said beside that, such as `db.system.name`. Values are cut to 200 characters. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface Peer {
  /** `<layer>/<module>`, or `opta/ingress`. */
  readonly service?: string;
  /** As its certificate says; absent when none was seen. */
  readonly identity?: string;
  /** TLS with both certificates checked. */
  readonly mtls: boolean;
  /** As `Hop.replica`. */
  readonly replica?: string;
}

export interface Connection {
  /** `websocket`, another protocol that was switched to, or `tcp`. */
  readonly protocol: string;
  /** It goes on: its time and bytes are those so far. */
  readonly open: boolean;
  /** From the caller. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Who ended it first. Code and reason are those of WebSocket, absent when it ended without them. */
  readonly closed?: { readonly by: 'caller' | 'service'; readonly code?: number; readonly reason?: string };
}

export interface Trace {
  /** 32 hex digits. */
  readonly id: string;
  /** `GET https://shop.localhost:8443/api`, without its query string. */
  readonly name: string;
  /** Milliseconds since 1970 UTC, with fractions. */
  readonly start: number;
  readonly ms: number;
  readonly status?: string;
  readonly failed: boolean;
  /** By their start; parents before children. */
  readonly hops: readonly Hop[];
  /** What nobody saw and why, each a sentence: never left for the reader to guess. */
  readonly unseen: readonly string[];
}

/** What only the one who sent the request can tell. Times are milliseconds since it began. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  /** What the system answers for the name; empty when it does not know it. */
  readonly dns: { readonly name: string; readonly addresses: readonly string[]; readonly ms: number };
  /** host:port that the connection went to. */
  readonly dialled: string;
  readonly connectedAt: number;
  /** Absent for http. */
  readonly tls?: {
    readonly version: string;
    readonly protocol: string;
    readonly cipher: string;
    readonly doneAt: number;
    readonly certificate: ShownCertificate;
  };
  readonly firstByteAt: number;
  readonly endedAt: number;
  readonly status: number;
  readonly bytes: number;
  /** Of the answer, so that a refusal can be read: at most 2000 characters, only when the status is 400 or above. */
  readonly body?: string;
}

export interface ShownCertificate {
  readonly subject: string;
  readonly names: readonly string[];
  readonly issuer: string;
  /** Milliseconds since 1970 UTC. */
  readonly validTo: number;
  /** Verified against opta's own certificate authority. */
  readonly verified: boolean;
}

/** Where a target's traces come from. Every call may reject with a UserError. */
export interface TraceSource {
  /** Where the ingress of this machine listens, and the PEM file of the authority behind its certificate. */
  readonly ingress: { readonly httpsPort: number; readonly httpPort: number; readonly authorityFile: string };
  /** One trace when all that is still expected of it has come, or a few seconds after; undefined when nobody saw it. */
  find(id: string, signal: AbortSignal): Promise<Trace | undefined>;
  /** Newest first. */
  recent(count: number, signal: AbortSignal): Promise<readonly Trace[]>;
  close(): void;
}
