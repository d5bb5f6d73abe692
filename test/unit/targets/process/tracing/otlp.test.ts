/** Spans of apps as hops, from both forms of OTLP. */
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { hopsIn } from '../../../../../src/targets/process/tracing/otlp.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const json = (span: object, resource: object = {}) =>
  Buffer.from(
    JSON.stringify({
      resourceSpans: [{ resource: { attributes: attributes(resource) }, scopeSpans: [{ spans: [span] }] }],
    }),
  );
const attributes = (values: object) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: `${value}` } : { stringValue: value },
  }));
const span = {
  traceId: trace,
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  name: 'GET /',
  kind: 2,
  startTimeUnixNano: '1700000000123456789',
  endTimeUnixNano: '1700000000125956789',
  attributes: attributes({ 'http.response.status_code': 200, 'url.full': 'https://x/?token=secret' }),
  status: {},
};
const sender = { service: 'shop/api', replica: '1' };

describe('a span', () => {
  test('keeps its ids, its time to the microsecond, and its status; addresses with queries are left out', async () => {
    const [[id, hop] = []] = await hopsIn(json(span), 'application/json', sender);
    expect(id).toBe(trace);
    expect(hop).toMatchObject({
      id: 'b7ad6b7169203331',
      parent: '00f067aa0ba902b7',
      kind: 'app',
      ...sender,
      name: 'GET /',
      status: '200',
      failed: false,
      attributes: { 'http.response.status_code': '200' },
    });
    expect(hop?.start).toBeCloseTo(1700000000123.4568, 2);
    expect(hop?.ms).toBeCloseTo(2.5, 3);
    expect(JSON.stringify(hop)).not.toContain('secret');
  });

  test('of a database is a query, and one that failed says why', async () => {
    const query = {
      ...span,
      attributes: attributes({ 'db.system.name': 'postgresql' }),
      status: { code: 2, message: 'gone' },
    };
    const [[, hop] = []] = await hopsIn(json(query), 'application/json', sender);
    expect(hop).toMatchObject({ kind: 'query', status: 'gone', failed: true });
  });

  test('from an unknown place is who its resource says', async () => {
    const resource = { 'service.name': 'worker', 'service.namespace': 'back', 'service.instance.id': 'w-1' };
    const [[, hop] = []] = await hopsIn(json(span, resource), 'application/json', undefined);
    expect(hop).toMatchObject({ service: 'back/worker', replica: 'w-1' });
  });

  test('without ids is left out, and text that is no JSON throws', async () => {
    expect(await hopsIn(json({ name: 'x' }), 'application/json', sender)).toEqual([]);
    await expect(hopsIn(Buffer.from('{'), 'application/json', sender)).rejects.toThrow();
  });
});

/** As the .proto files of OpenTelemetry have it, written here anew: the decoder must not be tested by itself. */
const { root } = protobuf.parse(`syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Scope { string name = 1; string version = 2; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10; Status status = 15; fixed32 flags = 16; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }`);

test('protobuf says the same as JSON', async () => {
  const type = root.lookupType('Request');
  const bytes = type.encode(
    type.fromObject({
      resourceSpans: [
        {
          resource: { attributes: attributes({ 'service.name': 'api' }) },
          scopeSpans: [
            {
              scope: { name: 'test', version: '1' },
              spans: [
                {
                  ...span,
                  flags: 257,
                  traceId: Buffer.from(trace, 'hex'),
                  spanId: Buffer.from(span.spanId, 'hex'),
                  parentSpanId: Buffer.from(span.parentSpanId, 'hex'),
                },
              ],
            },
          ],
        },
      ],
    }),
  );
  const [fromProtobuf] = await hopsIn(Buffer.from(bytes.finish()), 'application/x-protobuf', sender);
  const [fromJson] = await hopsIn(json(span), 'application/json', sender);
  expect(fromProtobuf).toEqual(fromJson);
  await expect(hopsIn(Buffer.from('no message'), 'application/x-protobuf', sender)).rejects.toThrow();
});
