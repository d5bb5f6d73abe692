/** Lines of the ingress controllers' access logs: nginx in the format that our values set, and Traefik's JSON. Pure. */

export interface IngressLine {
  /** The controller's pod. */
  readonly pod: string;
  /** 32 hex digits of the request's `traceparent`, when it had one. */
  readonly trace: string | undefined;
  /** `X-Request-ID` as it was handed on. */
  readonly requestId: string | undefined;
  /** Milliseconds since 1970 UTC, with fractions. */
  readonly start: number;
  readonly ms: number;
  readonly method: string;
  readonly host: string;
  /** Without its query string. */
  readonly path: string;
  readonly status: number;
  readonly tls: string | undefined;
  readonly protocol: string;
  /** Of the Service that was chosen; undefined when none was. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== '-' ? value : undefined;

/** `00-<trace>-<span>-01`. */
const traceOf = (written: unknown): string | undefined =>
  /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(textOf(written) ?? '')?.[1];

const pathOf = (uri: unknown): string => (textOf(uri) ?? '/').replace(/\?.*$/s, '');

function nginxLine(pod: string, one: Fields): IngressLine {
  const ms = Number(one['seconds']) * 1000;
  const [namespace, name] = [textOf(one['namespace']), textOf(one['service'])];
  return {
    pod,
    trace: traceOf(one['trace']),
    requestId: textOf(one['id']),
    start: Number(one['ended']) * 1000 - ms,
    ms,
    method: textOf(one['method']) ?? '',
    host: textOf(one['host']) ?? '',
    path: pathOf(one['uri']),
    status: Number(one['status']),
    tls: textOf(one['tls']),
    protocol: textOf(one['http']) ?? '',
    service: namespace !== undefined && name !== undefined ? { namespace, name } : undefined,
  };
}

/** `httproute-shop-api.http-gw-..@kubernetesgateway` names no Service; the address that it sent to is the cluster's. */
function traefikLine(pod: string, one: Fields, serviceAt: (ip: string) => IngressLine['service']): IngressLine {
  const version = textOf(one['TLSVersion']);
  return {
    pod,
    trace: traceOf(one['request_Traceparent']),
    requestId: textOf(one['request_X-Request-Id']),
    start: Date.parse(String(one['StartUTC'])),
    ms: Number(one['Duration']) / 1e6,
    method: textOf(one['RequestMethod']) ?? '',
    host: (textOf(one['RequestHost']) ?? '').replace(/:\d+$/, ''),
    path: pathOf(one['RequestPath']),
    status: Number(one['DownstreamStatus']),
    tls: version === undefined ? undefined : `TLSv${version}`,
    protocol: textOf(one['RequestProtocol']) ?? '',
    service: serviceAt((textOf(one['ServiceAddr']) ?? '').replace(/:\d+$/, '')),
  };
}

/** undefined for lines of another kind: controllers log their own doings beside. */
export function ingressLine(
  pod: string,
  written: string,
  serviceAt: (ip: string) => IngressLine['service'],
): IngressLine | undefined {
  if (!written.startsWith('{')) return undefined;
  let one: Fields;
  try {
    one = JSON.parse(written) as Fields;
  } catch {
    return undefined;
  }
  if ('ended' in one && 'upstream' in one) return nginxLine(pod, one);
  return 'DownstreamStatus' in one ? traefikLine(pod, one, serviceAt) : undefined;
}
