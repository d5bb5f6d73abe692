/** Spans that apps send (OTLP over HTTP, as JSON or protobuf) as hops. Pure but for the lazy decoder of protobuf. */
import type { Hop } from '../../../engine/trace.ts';

/** What is read of ExportTraceServiceRequest, with the names of its JSON form. */
interface Exported {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly Attribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly Span[] }[];
  }[];
}

interface Span {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly startTimeUnixNano?: string | number;
  readonly endTimeUnixNano?: string | number;
  readonly attributes?: readonly Attribute[];
  readonly status?: { readonly code?: number | string; readonly message?: string };
}

interface Attribute {
  readonly key?: string;
  readonly value?: Readonly<Record<string, unknown>>;
}

/** Who sends, from the address that opta gave it. */
export interface Sender {
  /** `<layer>/<module>`. */
  readonly service: string;
  readonly replica: string;
}

const longest = 200;
/** What is kept of a span's attributes. Addresses with query strings and header fields may hold secrets. */
const kept =
  /^(db\.|rpc\.|messaging\.(system|operation|destination)|http\.(route|request\.method|response\.status_code)$|server\.address$|error\.type$)/;

/** Spans by their trace. What is no span is left out. Throws when the bytes are not what `type` says. */
export async function hopsIn(bytes: Buffer, type: string, sender: Sender | undefined): Promise<[string, Hop][]> {
  const exported =
    type === 'application/x-protobuf' ? await decoded(bytes) : (JSON.parse(bytes.toString()) as Exported);
  return (exported.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const from = sender ?? senderOf(attributesOf(resource?.attributes));
    return scopeSpans.flatMap(({ spans = [] }) => spans.flatMap((span) => hopOf(span, from)));
  });
}

async function decoded(bytes: Buffer): Promise<Exported> {
  const { decodeTraces } = await import('./otlp-protobuf.ts');
  return decodeTraces(bytes) as Exported;
}

function senderOf(resource: Readonly<Record<string, string>>): Sender {
  const [name, namespace] = [resource['service.name'] ?? 'unknown', resource['service.namespace']];
  const replica = resource['service.instance.id'] ?? '';
  return { service: namespace === undefined ? name : `${namespace}/${name}`, replica };
}

function hopOf(span: Span, { service, replica }: Sender): [string, Hop][] {
  const { traceId = '', spanId = '', parentSpanId = '' } = span;
  if (!/^[0-9a-f]{32}$/i.test(traceId) || !/^[0-9a-f]{16}$/i.test(spanId)) return [];
  const attributes = attributesOf(span.attributes);
  const [start, end] = [milliseconds(span.startTimeUnixNano), milliseconds(span.endTimeUnixNano)];
  const failed = span.status?.code === 2 || span.status?.code === 'STATUS_CODE_ERROR';
  const status = statusOf(attributes) ?? (failed ? (span.status?.message || 'error').slice(0, longest) : undefined);
  const shown = Object.entries(attributes).filter(([name]) => kept.test(name));
  const hop: Hop = {
    id: spanId.toLowerCase(),
    ...(/^[0-9a-f]{16}$/i.test(parentSpanId) && !/^0+$/.test(parentSpanId) && { parent: parentSpanId.toLowerCase() }),
    kind: 'db.system.name' in attributes || 'db.system' in attributes ? 'query' : 'app',
    service,
    ...(replica !== '' && { replica }),
    name: (span.name ?? '').slice(0, longest),
    start,
    ms: Math.max(0, end - start),
    ...(status !== undefined && { status }),
    failed,
    ...(shown.length > 0 && { attributes: Object.fromEntries(shown) }),
  };
  return [[traceId.toLowerCase(), hop]];
}

function statusOf(attributes: Readonly<Record<string, string>>): string | undefined {
  const grpc = attributes['rpc.grpc.status_code'];
  return attributes['http.response.status_code'] ?? attributes['http.status_code'] ?? (grpc && `grpc ${grpc}`);
}

function attributesOf(list: readonly Attribute[] = []): Record<string, string> {
  return Object.fromEntries(
    list.flatMap(({ key, value }) => {
      const [only] = Object.values(value ?? {});
      if (key === undefined || only === undefined || only === null || typeof only === 'object') return [];
      return [[key, String(only).slice(0, longest)]];
    }),
  );
}

/** Of nanoseconds since 1970, more digits than a double holds. */
function milliseconds(nanoseconds: string | number = 0): number {
  const text = typeof nanoseconds === 'number' ? nanoseconds.toFixed(0) : nanoseconds;
  return Number(text.slice(0, -6)) + Number(text.slice(-6)) / 1e6;
}
