/** What the code of this service sees of a trace. */

export interface Span {
  readonly traceId: string;
  /** What to send to the next service. */
  readonly traceparent: string;
  set(name: string, value: string | number): void;
  end(error?: unknown): void;
}

export interface Tracing {
  /** Starts a span; `parent` is a traceparent, ours or the caller's. */
  start(name: string, kind: 'server' | 'client', parent?: string): Span;
  /** Sends what is still to be exported. */
  stop(): Promise<void>;
}
