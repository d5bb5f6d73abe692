/** Who called whom in the mesh, folded from what the proxies counted. Pure. */
import type { Id } from '../../app/app.ts';
import { ingressCaller, serviceOf, whyRefused } from '../../app/identity.ts';
import type { Edge } from '../../engine/edge.ts';
import { ingressHomes } from '../manifests/options.ts';
import type { Sample } from './prometheus.ts';

/** A caller without an identity: its pod has no proxy, or it is no pod. */
export const outsider = 'outside the mesh';

/** What one proxy counted. */
export interface Reading {
  /** Whose pod it stands before. */
  readonly service: Id;
  readonly samples: readonly Sample[];
}

const deny = ['inbound_http_authz_deny_total', 'inbound_tcp_authz_deny_total'];
const retry = ['outbound_http_route_retry_requests_total', 'outbound_grpc_route_retry_requests_total'];

export const edgeMetrics: ReadonlySet<string> = new Set([
  'request_total',
  'response_total',
  'response_latency_ms_bucket',
  'tcp_read_bytes_total',
  'tcp_write_bytes_total',
  'inbound_tcp_authz_allow_total',
  ...deny,
  ...retry,
]);

interface Counts {
  http: number;
  answered: number;
  succeeded: number;
  connections: number;
  refused: number;
  retries: number;
  bytesOut: number;
  bytesIn: number;
  plain: number;
  readonly buckets: Map<number, number>;
}

const ingressAccounts = new Set(
  Object.values(ingressHomes).map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`),
);

function callerOf({ client_id: identity }: Sample['labels']): string {
  if (identity === undefined || identity === '') return outsider;
  const service = serviceOf(identity) ?? identity;
  return ingressAccounts.has(service) ? ingressCaller : service;
}

/** Probes of the kubelet and readers of the metrics themselves. */
const isNoise = ({ labels }: Sample): boolean => labels['route_name'] === 'probe' || labels['target_port'] === '4191';

function count(counts: Counts, { name, labels, value }: Sample): void {
  if (deny.includes(name)) counts.refused += value;
  else if (name === 'request_total') {
    counts.http += value;
    if (labels['tls'] !== 'true') counts.plain += value;
  } else if (name === 'response_total') {
    counts.answered += value;
    if (labels['classification'] === 'success') counts.succeeded += value;
  } else if (name === 'response_latency_ms_bucket') {
    const bound = Number(labels['le']?.replace('+Inf', 'Infinity'));
    counts.buckets.set(bound, (counts.buckets.get(bound) ?? 0) + value);
  } else if (name === 'inbound_tcp_authz_allow_total') {
    counts.connections += value;
    if (labels['tls'] !== 'true') counts.plain += value;
  } else if (name === 'tcp_read_bytes_total' && labels['peer'] === 'src') counts.bytesOut += value;
  else if (name === 'tcp_write_bytes_total' && labels['peer'] === 'src') counts.bytesIn += value;
}

/** Of cumulative counts at upper bounds, taken as spread evenly between two bounds. */
function quantile(buckets: ReadonlyMap<number, number>, part: number): number {
  const sorted = [...buckets].toSorted(([a], [b]) => a - b);
  const rank = part * (sorted.at(-1)?.[1] ?? 0);
  let [below, before] = [0, 0];
  for (const [bound, total] of sorted) {
    if (total >= rank)
      return bound === Infinity ? below : below + ((bound - below) * (rank - before)) / (total - before);
    [below, before] = [bound, total];
  }
  return below;
}

function latencyOf({ buckets }: Counts): Pick<Edge, 'latency'> {
  if (Math.max(0, ...buckets.values()) === 0) return {};
  return { latency: { p50: quantile(buckets, 0.5), p95: quantile(buckets, 0.95), p99: quantile(buckets, 0.99) } };
}

function edgeOf(caller: string, callee: Id, counts: Counts): Edge {
  const http = counts.http > 0;
  const requests = http ? counts.http : counts.connections;
  return {
    caller,
    callee,
    requests,
    // A request under way is no failure.
    succeeded: http ? counts.http - Math.max(0, counts.answered - counts.succeeded) : counts.connections,
    refused: counts.refused,
    retries: counts.retries,
    bytesOut: counts.bytesOut,
    bytesIn: counts.bytesIn,
    ...latencyOf(counts),
    mtls: requests > 0 && counts.plain === 0,
  };
}

/** Most requests first. Callers that never got further than a connection are left out. */
export function edgesOf(readings: readonly Reading[]): readonly Edge[] {
  const all = new Map<string, { caller: string; callee: Id; counts: Counts }>();
  const countsOf = (caller: string, callee: Id): Counts => {
    const key = `${caller} ${callee}`;
    const found = all.get(key);
    if (found) return found.counts;
    const none = { http: 0, answered: 0, succeeded: 0, connections: 0, refused: 0, retries: 0 };
    const counts: Counts = { ...none, bytesOut: 0, bytesIn: 0, plain: 0, buckets: new Map() };
    all.set(key, { caller, callee, counts });
    return counts;
  };
  for (const { service, samples } of readings) {
    for (const sample of samples) {
      const { name, labels, value } = sample;
      if (isNoise(sample)) continue;
      if (retry.includes(name)) {
        if (value > 0) countsOf(service, `${labels['parent_namespace']}/${labels['parent_name']}`).retries += value;
      } else if (labels['direction'] !== 'outbound') count(countsOf(callerOf(labels), service), sample);
    }
  }
  return [...all.values()]
    .map(({ caller, callee, counts }) => edgeOf(caller, callee, counts))
    .filter(({ requests, refused }) => requests + refused > 0)
    .toSorted((a, b) => b.requests - a.requests);
}

/** One sentence for each caller that was turned away: which link is missing, and where it is written. */
export function refusals(edges: readonly Pick<Edge, 'caller' | 'callee' | 'refused'>[]): readonly string[] {
  return edges
    .filter(({ refused }) => refused > 0)
    .map(({ caller, callee, refused }) => {
      const times = `${refused} ${refused === 1 ? 'call' : 'calls'} refused`;
      return `${times}: ${whyTurnedAway(caller, callee)}`;
    });
}

/** Why `callee` refuses `caller`, an outsider included. */
export function whyTurnedAway(caller: string, callee: Id): string {
  if (caller !== outsider) return whyRefused(caller, callee);
  return `a caller outside the mesh may not call ${callee}: only services with a link to it may, each by its own identity`;
}
