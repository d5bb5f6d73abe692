/** All upstreams of the data plane, by key and by the names that callers use. */
import type { Upstream } from '../data-plane.ts';
import type { SidecarPlace } from '../mesh-metrics.ts';
import { LiveUpstream, type MeshParts } from './upstream.ts';

export class Upstreams {
  readonly #byKey = new Map<string, LiveUpstream>();
  #names = new Map<string, LiveUpstream[]>();
  readonly #parts: MeshParts;

  constructor(parts: MeshParts) {
    this.#parts = parts;
    parts.credentials.onRenewed(() => {
      for (const upstream of this.#byKey.values()) upstream.renewed();
    });
  }

  byKey(key: string): LiveUpstream | undefined {
    return this.#byKey.get(key);
  }

  /** undefined when the name is not ours; without `upstream` when it is, but not with this port. */
  byName(host: string, port: number): { upstream: LiveUpstream | undefined; ports: readonly number[] } | undefined {
    const named = this.#names.get(host.toLowerCase().replace(/\.$/, ''));
    if (named === undefined) return undefined;
    return {
      upstream: named.find((u) => u.spec.servicePort === port),
      ports: named.map((u) => u.spec.servicePort),
    };
  }

  /** Resolves when every endpoint is in use. */
  async apply(specs: readonly Upstream[]): Promise<void> {
    const wanted = new Set(specs.map((spec) => spec.key));
    const changes: Promise<void>[] = [];
    for (const spec of specs) {
      const known = this.#byKey.get(spec.key);
      if (known !== undefined && known.spec.protocol === spec.protocol) {
        known.spec = spec;
        changes.push(known.setEndpoints(spec.endpoints));
        continue;
      }
      if (known !== undefined) changes.push(known.setEndpoints([]));
      const made = new LiveUpstream(spec, this.#parts);
      this.#byKey.set(spec.key, made);
      changes.push(made.setEndpoints(spec.endpoints));
    }
    for (const [key, upstream] of this.#byKey) {
      if (wanted.has(key)) continue;
      changes.push(upstream.setEndpoints([]));
      this.#byKey.delete(key);
    }
    this.#names = new Map();
    for (const upstream of this.#byKey.values()) {
      for (const host of upstream.spec.hosts.map((h) => h.toLowerCase())) {
        this.#names.set(host, [...(this.#names.get(host) ?? []), upstream]);
      }
    }
    await Promise.all(changes);
  }

  sidecars(): SidecarPlace[] {
    return [...this.#byKey].flatMap(([upstream, { endpoints }]) =>
      endpoints.map(({ replica, sidecar }) => ({ upstream, replica, port: sidecar.port })),
    );
  }

  destroy(): void {
    for (const upstream of this.#byKey.values()) upstream.destroy();
  }
}
