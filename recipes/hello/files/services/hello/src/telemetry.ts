/** OpenTelemetry behind the `Tracing` interface: spans in batches to OTLP over HTTP. Loaded only when an endpoint is set. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Tracing } from './span.ts';
import { parseTraceparent } from './traceparent.ts';

const parentContext = (traceparent: string | undefined) => {
  const parent = parseTraceparent(traceparent);
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId, flags } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
};

export const openTelemetry = (service: string, replica: string): Tracing => {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': process.env.OTEL_SERVICE_NAME ?? service,
      'service.instance.id': replica,
    }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    // The exporter reads the endpoint, headers and time-out from the OTEL_EXPORTER_OTLP_* variables.
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: Number(process.env.OTEL_BSP_SCHEDULE_DELAY ?? 5_000),
      }),
    ],
  });
  const tracer = provider.getTracer(service);
  return {
    start: (name, kind, parent) => {
      const span = tracer.startSpan(
        name,
        { kind: kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT },
        parentContext(parent),
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceId,
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        set: (key, value) => void span.setAttribute(key, value),
        end: (error) => {
          if (error !== undefined) {
            span.setStatus({
              code: SpanStatusCode.ERROR,
              message: error instanceof Error ? error.message : String(error),
            });
          }
          span.end();
        },
      };
    },
    stop: () => provider.shutdown(),
  };
};
