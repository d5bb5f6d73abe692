/** The services that can be called: which endpoints each has now, and which one takes the next request. */
import type { Endpoint, Upstream } from '../data-plane.ts';
import { type Destination, LiveEndpoint, type Reachable } from './endpoint.ts';
import { Inbound, type InboundParts } from './inbound.ts';
import { chooseByLoad } from './load.ts';
import { RetryBudget } from './retry-budget.ts';

/** Chooses one of the candidates, or none to leave it to balancing. */
export type Prefer = (candidates: readonly LiveEndpoint[]) => LiveEndpoint | undefined;

/** What the upstreams share. */
export type MeshParts = Omit<InboundParts, 'upstream'>;

export class LiveUpstream {
  spec: Upstream;
  readonly budget = new RetryBudget();
  readonly #parts: MeshParts;
  #endpoints: LiveEndpoint[] = [];
  /** No longer listed, but with something under way. */
  readonly #leaving = new Set<LiveEndpoint>();
  #turn = 0;

  constructor(spec: Upstream, parts: MeshParts) {
    this.spec = spec;
    this.#parts = parts;
  }

  get endpoints(): readonly LiveEndpoint[] {
    return this.#endpoints;
  }

  /** Resolves when they are in use, each with a sidecar. One call at a time. */
  async setEndpoints(wanted: readonly Endpoint[]): Promise<void> {
    const before = new Map([...this.#endpoints, ...this.#leaving].map((e) => [e.port, e]));
    const places = wanted.map((endpoint): LiveEndpoint | Endpoint => {
      const known = before.get(endpoint.port);
      if (known === undefined || known.replica !== endpoint.replica) return endpoint;
      before.delete(endpoint.port);
      this.#leaving.delete(known);
      known.draining = false;
      return known;
    });
    if (places.some((place) => !(place instanceof LiveEndpoint))) await this.#parts.credentials.ready();
    this.#endpoints = await Promise.all(
      places.map((place) => (place instanceof LiveEndpoint ? place : this.#open(place))),
    );
    for (const gone of before.values()) this.#retire(gone);
  }

  /** A candidate for one caller, ready replicas only. */
  pick(caller: string, tried: ReadonlySet<Destination>, prefer?: Prefer): Reachable | undefined {
    const candidates = this.#endpoints.filter((e) => !e.draining && !tried.has(e.from(caller)));
    this.#turn = (this.#turn + 1) % 0x7fffffff;
    const now = this.#parts.clock.monotonic();
    const chosen = prefer?.(candidates) ?? chooseByLoad(candidates, { now, turn: this.#turn, random: Math.random });
    chosen?.load.chosen(now);
    return chosen?.from(caller);
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

  renewed(): void {
    for (const endpoint of [...this.#endpoints, ...this.#leaving]) endpoint.renewed();
  }

  destroy(): void {
    for (const endpoint of [...this.#endpoints, ...this.#leaving]) endpoint.destroy();
  }

  async #open(endpoint: Endpoint): Promise<LiveEndpoint> {
    const { credentials, clock } = this.#parts;
    return new LiveEndpoint(endpoint, {
      service: this.spec.service,
      speaksHttp2: this.spec.protocol === 'grpc',
      sidecar: await Inbound.open(endpoint, { ...this.#parts, upstream: () => this.spec }),
      now: () => clock.monotonic(),
      contextOf: (caller) => credentials.of(caller).context,
    });
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
