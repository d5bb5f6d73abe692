/**
 * A request's trace: the W3C `traceparent` header is always read and passed on.
 * Spans are recorded and exported only when OTEL_EXPORTER_OTLP_ENDPOINT is set; OpenTelemetry is not even loaded before.
 */
import { randomBytes } from 'node:crypto';
import type { Tracing } from './span.ts';
import { parseTraceparent } from './traceparent.ts';

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
  if (!process.env.OTEL_EXPORTER_OTLP_ENDPOINT && !process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
    return propagateOnly();
  const { openTelemetry } = await import('./telemetry.ts');
  return openTelemetry(service, replica);
};
