/** The services that can be called: which endpoints each has now, and which one takes the next request. */
import type { Endpoint, Upstream } from '../data-plane.ts';
import type { Destination } from './endpoint.ts';
import { LiveEndpoint } from './endpoint.ts';

/** Chooses one of the candidates, or none to leave it to balancing. */
export type Prefer = (candidates: readonly LiveEndpoint[]) => LiveEndpoint | undefined;

/** The candidate with the least under way; `turn` breaks ties so that equals take turns. */
export function leastPending<T extends { readonly pending: number }>(
  candidates: readonly T[],
  turn: number,
): T | undefined {
  let best: T | undefined;
  for (let i = 0; i < candidates.length; i += 1) {
    const candidate = candidates[(turn + i) % candidates.length] as T;
    if (best === undefined || candidate.pending < best.pending) best = candidate;
  }
  return best;
}

export class LiveUpstream {
  spec: Upstream;
  #endpoints: LiveEndpoint[] = [];
  /** No longer listed, but with something under way. */
  readonly #leaving = new Set<LiveEndpoint>();
  #turn = 0;

  constructor(spec: Upstream) {
    this.spec = spec;
    this.setEndpoints(spec.endpoints);
  }

  get endpoints(): readonly LiveEndpoint[] {
    return this.#endpoints;
  }

  setEndpoints(wanted: readonly Endpoint[]): void {
    const before = new Map([...this.#endpoints, ...this.#leaving].map((e) => [e.port, e]));
    this.#endpoints = wanted.map(({ replica, port }) => {
      const known = before.get(port);
      if (known === undefined || known.replica !== replica) {
        return new LiveEndpoint(replica, port, this.spec.protocol === 'grpc');
      }
      before.delete(port);
      this.#leaving.delete(known);
      known.draining = false;
      return known;
    });
    for (const gone of before.values()) this.#retire(gone);
  }

  pick(tried: ReadonlySet<Destination>, prefer?: Prefer): LiveEndpoint | undefined {
    const candidates = this.#endpoints.filter((e) => !e.draining && !tried.has(e));
    this.#turn = (this.#turn + 1) % 0x7fffffff;
    return prefer?.(candidates) ?? leastPending(candidates, this.#turn);
  }

  /** Takes a port out of choice; resolves when nothing is under way to it. */
  async drain(port: number): Promise<void> {
    const matching = [...this.#endpoints, ...this.#leaving].filter((e) => e.port === port);
    for (const endpoint of matching) {
      endpoint.draining = true;
      endpoint.closeIdle();
    }
    await Promise.all(matching.map((e) => e.quiet()));
    for (const endpoint of matching) endpoint.closeIdle();
  }

  destroy(): void {
    for (const endpoint of [...this.#endpoints, ...this.#leaving]) endpoint.destroy();
  }

  #retire(endpoint: LiveEndpoint): void {
    this.#leaving.add(endpoint);
    endpoint.closeIdle();
    void endpoint.quiet().then(() => {
      if (!this.#leaving.delete(endpoint)) return;
      endpoint.destroy();
    });
  }
}
