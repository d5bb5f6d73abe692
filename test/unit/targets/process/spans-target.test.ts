import { expect, test } from 'vitest';
import { spansTargetOf } from '../../../../src/targets/process/spans-target.ts';

const of = (env: Record<string, string>) => spansTargetOf({ env });

test('the endpoint for all signals gets the path of traces, the one for traces is whole', () => {
  const base = { headers: {}, json: false };
  expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318/' })).toEqual({ url: 'http://a:4318/v1/traces', ...base });
  const both = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://b/in' };
  expect(of(both)).toEqual({ url: 'https://b/in', ...base });
});

test('headers are decoded, and JSON is chosen by the protocol', () => {
  const more = { OTEL_EXPORTER_OTLP_HEADERS: 'Api-Key=a%20b, x=100%', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', ...more })).toEqual({
    ...{ url: 'http://a/v1/traces', json: true },
    headers: { 'api-key': 'a b', x: '100%' },
  });
});

test.each([
  ['none is named', {}],
  ['it is no address', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }],
  ['it speaks gRPC', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }],
  ['traces are off', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_TRACES_EXPORTER: 'none' }],
  ['OpenTelemetry is off', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_SDK_DISABLED: 'true' }],
])('nothing is sent when %s', (_, env) => {
  expect(of(env)).toBeUndefined();
});
