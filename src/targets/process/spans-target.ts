/** The user's own collector of spans, from the variables of OpenTelemetry in opta's environment. Pure. */
import type { System } from '../../system/system.ts';
import type { DataPlaneConfig, SpansTarget } from './data-plane.ts';

/** Undefined when none is named, it is switched off, or its address is none. */
export function spansTargetOf({ env }: Pick<System, 'env'>): DataPlaneConfig['spansTo'] {
  const variable = (name: string) => env[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`];
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return undefined;
  const url = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || below(env['OTEL_EXPORTER_OTLP_ENDPOINT']);
  if (!url || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return undefined;
  const protocol = variable('PROTOCOL');
  // Over gRPC another port and framing would be needed; its collector takes HTTP on another address.
  if (protocol === 'grpc') return undefined;
  return { url, headers: fieldsIn(variable('HEADERS') ?? ''), json: protocol === 'http/json' };
}

const below = (endpoint: string | undefined): string | undefined =>
  endpoint ? `${endpoint.replace(/\/+$/, '')}/v1/traces` : undefined;

/** `api-key=abc,other=a%20b`, as W3C Baggage writes it. */
function fieldsIn(text: string): SpansTarget['headers'] {
  const pairs = text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 1 ? [] : [[decoded(pair.slice(0, at)).toLowerCase(), decoded(pair.slice(at + 1))]];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    // Not encoded after all: a per cent sign of its own.
    return text.trim();
  }
}
