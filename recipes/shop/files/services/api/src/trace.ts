/**
 * A request's trace: the W3C `traceparent` header is always read and passed on.
 * Spans are recorded and exported only when OTEL_EXPORTER_OTLP_ENDPOINT is set; OpenTelemetry is not even loaded before.
 */
import { randomBytes } from 'node:crypto';

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

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
}

export const parseTraceparent = (header: string | undefined): TraceParent | undefined => {
  const match = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? '');
  return match ? { traceId: match[1]!, spanId: match[2]!, flags: match[3]! } : undefined;
};

/** Identifiers only: nothing is recorded. */
export const propagateOnly = (): Tracing => ({
  start: (_name, _kind, parent) => {
    const from = parseTraceparent(parent);
    const traceId = from?.traceId ?? randomBytes(16).toString('hex');
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-${from?.flags ?? '01'}`;
    return { traceId, traceparent, set: () => {}, end: () => {} };
  },
  stop: async () => {},
});

export const openTracing = async (service: string, replica: string): Promise<Tracing> => {
  if (!process.env.OTEL_EXPORTER_OTLP_ENDPOINT && !process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return propagateOnly();
  const { openTelemetry } = await import('./telemetry.ts');
  return openTelemetry(service, replica);
};
