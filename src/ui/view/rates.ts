/** Golden metrics of the last seconds, from counters that only grow. Pure but for the snapshots it keeps. */
import type { Edge } from '../../engine/edge.ts';
import type { EdgeNow } from './wire.ts';

/** Counters of one edge since the mesh started. */
export interface EdgeCounts
  extends Pick<Edge, 'caller' | 'callee' | 'requests' | 'succeeded' | 'refused' | 'retries' | 'mtls'> {
  /** Cumulative counts at upper bounds in milliseconds. */
  readonly buckets: readonly (readonly [number, number])[];
}

/** Milliseconds that a figure looks back. */
const windowMs = 5000;

interface Snapshot {
  readonly at: number;
  readonly edges: ReadonlyMap<string, EdgeCounts>;
}

const keyOf = ({ caller, callee }: EdgeCounts): string => `${caller} ${callee}`;

export class Rates {
  #snapshots: Snapshot[] = [];

  /** `at` is milliseconds of a clock that never goes back. */
  add(at: number, edges: readonly EdgeCounts[]): void {
    const restarted = edges.some((edge) => edge.requests < (this.#last?.edges.get(keyOf(edge))?.requests ?? 0));
    if (restarted) this.#snapshots = [];
    this.#snapshots.push({ at, edges: new Map(edges.map((edge) => [keyOf(edge), edge])) });
    while (this.#snapshots.length > 2 && (this.#snapshots[1]?.at ?? at) <= at - windowMs) this.#snapshots.shift();
  }

  /** `name` gives the spot of the map that a caller is. */
  now(name: (service: string) => string): EdgeNow[] {
    const [first] = this.#snapshots;
    const last = this.#last;
    if (first === undefined || last === undefined) return [];
    const seconds = Math.max(0.25, (last.at - first.at) / 1000);
    return [...last.edges].map(([key, edge]) => {
      const before = first === last ? undefined : first.edges.get(key);
      const since = (of: 'requests' | 'succeeded' | 'retries') => (first === last ? 0 : edge[of] - (before?.[of] ?? 0));
      const requests = since('requests');
      return {
        from: name(edge.caller),
        to: name(edge.callee),
        perSecond: tidy(requests / seconds),
        ...(requests > 0 && {
          success: since('succeeded') / requests,
          ...quantiles(edge.buckets, before?.buckets, requests),
        }),
        retriesPerSecond: tidy(since('retries') / seconds),
        requests: edge.requests,
        refused: edge.refused,
        mtls: edge.mtls,
      };
    });
  }

  get #last(): Snapshot | undefined {
    return this.#snapshots.at(-1);
  }
}

const tidy = (value: number): number => Math.round(value * 10) / 10;

type Buckets = EdgeCounts['buckets'];

function quantiles(buckets: Buckets, before: Buckets | undefined, total: number) {
  const counts = buckets.map(([bound, count], i) => [bound, count - (before?.[i]?.[1] ?? 0)] as const);
  return {
    p50: quantile(counts, 0.5 * total),
    p95: quantile(counts, 0.95 * total),
    p99: quantile(counts, 0.99 * total),
  };
}

/** Between the bounds of the bucket that holds it, evenly. */
function quantile(counts: Buckets, wanted: number): number {
  let [lower, below] = [0, 0];
  for (const [bound, count] of counts) {
    if (count >= wanted) return tidy(lower + ((bound - lower) * (wanted - below)) / Math.max(1, count - below));
    [lower, below] = [bound, count];
  }
  return lower;
}
