/** Golden metrics of each edge, in memory that does not grow with traffic. */
import type { Clock } from '../../../system/system.ts';
import type { EdgeMetrics } from '../mesh-metrics.ts';
import type { Carried } from './tunnel.ts';

/** Milliseconds: the lowest bound, and how each is related to the one before. Quantiles are off by at most 5 %. */
const lowest = 0.1;
const growth = 1.1;
const logGrowth = Math.log(growth);
/** Up to 20 minutes. */
const bucketCount = 172;
/** Upper bounds in milliseconds that Prometheus gets, those of Linkerd. */
const shownBounds = [1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 1000, 2000, 5000, 10_000, 50_000];

export interface Observation {
  readonly latencyMs: number;
  readonly succeeded: boolean;
  readonly retries: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Default true. */
  readonly mtls?: boolean;
}

const upperBound = (index: number): number => lowest * growth ** index;

export class Histogram {
  readonly #counts = new Float64Array(bucketCount);
  #total = 0;

  add(ms: number): void {
    const index = ms <= lowest ? 0 : Math.ceil(Math.log(ms / lowest) / logGrowth);
    const at = Math.min(index, bucketCount - 1);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
  }

  /** The middle of the bucket that holds the quantile; undefined when nothing was added. */
  quantile(q: number): number | undefined {
    if (this.#total === 0) return undefined;
    let seen = 0;
    for (let i = 0; i < bucketCount; i += 1) {
      seen += this.#counts[i] ?? 0;
      if (seen >= q * this.#total) return upperBound(i) / Math.sqrt(growth);
    }
    return upperBound(bucketCount - 1);
  }

  cumulative(): [number, number][] {
    let index = 0;
    let seen = 0;
    return shownBounds.map((bound) => {
      for (; index < bucketCount && upperBound(index) <= bound * 1.0001; index += 1) seen += this.#counts[index] ?? 0;
      return [bound, seen];
    });
  }
}

class Edge {
  readonly latency = new Histogram();
  requests = 0;
  succeeded = 0;
  refused = 0;
  retries = 0;
  bytesOut = 0;
  bytesIn = 0;
  plain = 0;
  latencySum = 0;
}

export class Edges {
  readonly #edges = new Map<string, Edge>();

  record(caller: string, callee: string, seen: Observation): void {
    const edge = this.#edge(caller, callee);
    edge.requests += 1;
    edge.succeeded += seen.succeeded ? 1 : 0;
    edge.retries += seen.retries;
    edge.bytesOut += seen.bytesOut;
    edge.bytesIn += seen.bytesIn;
    edge.plain += seen.mtls === false ? 1 : 0;
    edge.latency.add(seen.latencyMs);
    edge.latencySum += seen.latencyMs;
  }

  refuse(caller: string, callee: string): void {
    this.#edge(caller, callee).refused += 1;
  }

  /** For one connection: what it took until it was joined, then its bytes. */
  ofConnection(caller: string, callee: string, clock: Pick<Clock, 'monotonic'>) {
    const began = clock.monotonic();
    return (seen: { readonly switched: true } | Carried): void => {
      if ('switched' in seen) {
        const latencyMs = clock.monotonic() - began;
        this.record(caller, callee, { latencyMs, succeeded: true, retries: 0, bytesOut: 0, bytesIn: 0 });
        return;
      }
      const edge = this.#edge(caller, callee);
      edge.bytesOut += seen.bytesOut;
      edge.bytesIn += seen.bytesIn;
    };
  }

  snapshot(): EdgeMetrics[] {
    return [...this.#edges].map(([key, edge]) => {
      const [caller = '', callee = ''] = key.split(' ');
      const { requests, succeeded, refused, retries, bytesOut, bytesIn, latency } = edge;
      const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => Math.round((latency.quantile(q) ?? 0) * 100) / 100);
      return {
        ...{ caller, callee, requests, succeeded, refused, retries, bytesOut, bytesIn },
        ...(requests > 0 && { latency: { p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0 } }),
        latencySum: Math.round(edge.latencySum * 100) / 100,
        buckets: latency.cumulative(),
        mtls: edge.plain === 0,
      };
    });
  }

  #edge(caller: string, callee: string): Edge {
    const key = `${caller} ${callee}`;
    const known = this.#edges.get(key);
    if (known !== undefined) return known;
    const made = new Edge();
    this.#edges.set(key, made);
    return made;
  }
}
