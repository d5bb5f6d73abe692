/** The mesh's own hops as OTLP spans, in the JSON form of ExportTraceServiceRequest. Pure. */
import type { Hop } from '../../../engine/trace.ts';

type Value = { readonly stringValue: string } | { readonly boolValue: boolean } | { readonly intValue: string };

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  /** Nanoseconds since 1970, as digits. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface ExportedSpans {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[];
  }[];
}

const kinds: Readonly<Record<Hop['kind'], number>> = { edge: 2, route: 1, outbound: 3, inbound: 2, app: 1, query: 3 };

/** One resource for each service and replica among them. */
export function spansOf(hops: readonly (readonly [trace: string, hop: Hop])[]): ExportedSpans {
  const groups = Map.groupBy(hops, ([, { service, replica }]) => `${service} ${replica ?? ''}`);
  return {
    resourceSpans: [...groups.values()].map((group) => ({
      resource: { attributes: resourceOf(group[0]?.[1] as Hop) },
      scopeSpans: [{ scope: { name: 'opta mesh' }, spans: group.map(([trace, hop]) => spanOf(trace, hop)) }],
    })),
  };
}

const attributes = (values: Readonly<Record<string, string | number | boolean | undefined>>): Attribute[] =>
  Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: wrapped(value) }]));

function wrapped(value: string | number | boolean): Value {
  if (typeof value === 'boolean') return { boolValue: value };
  return typeof value === 'number' ? { intValue: `${value}` } : { stringValue: value };
}

function resourceOf({ service, replica }: Hop): Attribute[] {
  const slash = service.indexOf('/');
  return attributes({
    'service.name': service.slice(slash + 1),
    'service.namespace': service.slice(0, Math.max(0, slash)) || undefined,
    'service.instance.id': replica,
  });
}

function spanOf(traceId: string, hop: Hop): Span {
  const { id, parent, name, start, ms, status, failed, refused } = hop;
  return {
    traceId,
    spanId: id,
    ...(parent !== undefined && { parentSpanId: parent }),
    name,
    kind: kinds[hop.kind],
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(start + ms),
    attributes: attributesOf(hop),
    status: failed ? { code: 2, message: refused ?? status ?? '' } : {},
  };
}

function attributesOf({ kind, status = '', peer, route, tls, attempt, connection, ...hop }: Hop): Attribute[] {
  const grpc = /^grpc (\d+)$/.exec(status)?.[1];
  return attributes({
    'opta.hop': kind,
    'http.response.status_code': /^\d{3}$/.test(status) ? Number(status) : undefined,
    'rpc.grpc.status_code': grpc === undefined ? undefined : Number(grpc),
    'http.route': route?.path,
    'opta.route.to': route?.to,
    'tls.protocol.version': tls?.version,
    'opta.mtls': peer?.mtls,
    'opta.peer.service': peer?.service,
    'opta.peer.replica': peer?.replica,
    'opta.peer.identity': peer?.identity,
    'opta.attempt': attempt,
    'network.protocol.name': connection?.protocol,
    'opta.bytes.out': connection?.bytesOut,
    'opta.bytes.in': connection?.bytesIn,
    'opta.closed.by': connection?.closed?.by,
    'opta.closed.code': connection?.closed?.code,
    ...hop.attributes,
  });
}

/** Of milliseconds with fractions: more digits than a double holds. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.min(999_999, Math.round((ms - whole) * 1e6))).padStart(6, '0')}`;
}
