/** The protobuf form of OTLP spans from and to its JSON form. Apart, so that it is loaded only when it is spoken. */
import protobuf from 'protobufjs/light.js';
import type { ExportedSpans } from './otlp-export.ts';

const field = (id: number, type: string, rule?: 'repeated') => ({ id, type, ...(rule && { rule }) });

/** Field numbers of opentelemetry-proto 1.x (trace/v1, resource/v1, common/v1), as far as they are read here. */
const root = protobuf.Root.fromJSON({
  nested: {
    Exported: { fields: { resourceSpans: field(1, 'ResourceSpans', 'repeated') } },
    ResourceSpans: { fields: { resource: field(1, 'Resource'), scopeSpans: field(2, 'ScopeSpans', 'repeated') } },
    Resource: { fields: { attributes: field(1, 'KeyValue', 'repeated') } },
    Scope: { fields: { name: field(1, 'string') } },
    ScopeSpans: { fields: { scope: field(1, 'Scope'), spans: field(2, 'Span', 'repeated') } },
    Span: {
      fields: {
        traceId: field(1, 'bytes'),
        spanId: field(2, 'bytes'),
        parentSpanId: field(4, 'bytes'),
        name: field(5, 'string'),
        kind: field(6, 'int32'),
        startTimeUnixNano: field(7, 'fixed64'),
        endTimeUnixNano: field(8, 'fixed64'),
        attributes: field(9, 'KeyValue', 'repeated'),
        status: field(15, 'Status'),
      },
    },
    Status: { fields: { message: field(2, 'string'), code: field(3, 'int32') } },
    KeyValue: { fields: { key: field(1, 'string'), value: field(2, 'AnyValue') } },
    AnyValue: {
      fields: {
        stringValue: field(1, 'string'),
        boolValue: field(2, 'bool'),
        intValue: field(3, 'int64'),
        doubleValue: field(4, 'double'),
      },
    },
  },
});
const exported = root.lookupType('Exported');

/** Ids are bytes here and hex digits there. */
function withHexIds(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(withHexIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withHexIds(one)]));
}

/** Throws for bytes that are no message. */
export function decodeTraces(bytes: Uint8Array): unknown {
  return withHexIds(exported.toObject(exported.decode(bytes), { longs: String }));
}

/** The same the other way round. */
export function encodeTraces({ resourceSpans }: ExportedSpans): Buffer {
  const bytes = (id: string | undefined) => (id === undefined ? undefined : Buffer.from(id, 'hex'));
  const withBytes = resourceSpans.map(({ scopeSpans, ...rest }) => ({
    ...rest,
    scopeSpans: scopeSpans.map(({ spans, scope }) => ({
      scope,
      spans: spans.map(({ traceId, spanId, parentSpanId, ...span }) => ({
        ...{ ...span, traceId: bytes(traceId), spanId: bytes(spanId), parentSpanId: bytes(parentSpanId) },
      })),
    })),
  }));
  return Buffer.from(exported.encode(exported.fromObject({ resourceSpans: withBytes })).finish());
}
