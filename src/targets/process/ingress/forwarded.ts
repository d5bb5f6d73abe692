/** The fields that ingress-nginx adds to a request, with its values. Pure. */
import { endToEnd, headerValue, type RawHeaders } from '../mesh/raw-headers.ts';

/** What a client may not say about itself. */
const ours = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-original-forwarded-for',
  'x-real-ip',
  'x-request-id',
  'x-scheme',
]);

export interface Edge {
  readonly authority: string;
  readonly remoteAddress: string;
  readonly httpsPort: number;
  /** Used when the client gave none. */
  requestId(): string;
}

/** As ingress-nginx without `use-forwarded-headers`: the client's own values are replaced, its request id is kept. */
export function withForwarded(headers: RawHeaders, edge: Edge): string[] {
  const list = endToEnd(headers, ours);
  const remote = edge.remoteAddress.replace(/^::ffff:/, '');
  list.push('X-Request-ID', headerValue(headers, 'x-request-id') || edge.requestId());
  list.push('X-Real-IP', remote, 'X-Forwarded-For', remote, 'X-Forwarded-Host', edge.authority);
  list.push('X-Forwarded-Port', `${edge.httpsPort}`, 'X-Forwarded-Proto', 'https');
  list.push('X-Forwarded-Scheme', 'https', 'X-Scheme', 'https');
  const before = headerValue(headers, 'x-forwarded-for');
  if (before !== undefined) list.push('X-Original-Forwarded-For', before);
  return list;
}
