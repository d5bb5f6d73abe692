/** Lines of the access logs of Linkerd's proxies. Every number in them is a text. Pure. */

export interface ProxyLine {
  /** `<layer>/<module>` that the proxy stands before, and its pod. */
  readonly service: string;
  readonly pod: string;
  /** Address of the caller's pod. */
  readonly from: string;
  /** undefined: the caller had none. */
  readonly identity: string | undefined;
  /** What the caller passed on of `X-Request-ID` and the like. */
  readonly requestId: string | undefined;
  /** Milliseconds since 1970 UTC, with fractions. */
  readonly start: number;
  readonly ms: number;
  readonly method: string;
  /** Without its query string. */
  readonly path: string;
  readonly status: number;
  readonly agent: string;
}

/** Whole milliseconds by Date, and the rest of `..:12.123456789Z` by hand. */
function timeOf(written: string): number {
  const [, digits = ''] = /\.(\d+)Z$/.exec(written) ?? [];
  return Date.parse(written) + Number(`0.${digits.slice(3, 9) || '0'}`);
}

/** `http://api.shop/stock?x=1`, or the path alone. */
const pathOf = (uri: string): string => uri.replace(/^[a-z]+:\/\/[^/]*/, '').replace(/\?.*$/s, '') || '/';

/** undefined for lines of another kind, and for probes of the kubelet. */
export function proxyLine(service: string, pod: string, written: string): ProxyLine | undefined {
  if (!written.startsWith('{')) return undefined;
  let one: Readonly<Record<string, string>>;
  try {
    one = JSON.parse(written) as Readonly<Record<string, string>>;
  } catch {
    return undefined;
  }
  const { method, uri, timestamp } = one;
  if (method === undefined || uri === undefined || timestamp === undefined) return undefined;
  const agent = one['user_agent'] ?? '';
  if (agent.startsWith('kube-probe/')) return undefined;
  const identity = one['client.id'] ?? '-';
  const requestId = one['trace_id'] ?? '';
  return {
    service,
    pod,
    from: (one['client.addr'] ?? '').replace(/:\d+$/, ''),
    identity: identity === '-' || identity === '' ? undefined : identity,
    requestId: requestId === '' ? undefined : requestId,
    start: timeOf(timestamp),
    ms: Number(one['total_ns'] ?? 0) / 1e6,
    method,
    path: pathOf(uri),
    status: Number(one['status'] ?? 0),
    agent,
  };
}
