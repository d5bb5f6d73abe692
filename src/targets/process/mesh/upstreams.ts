/** All upstreams of the data plane, by key and by the names that callers use. */
import type { Upstream } from '../data-plane.ts';
import { LiveUpstream } from './upstream.ts';

export class Upstreams {
  readonly #byKey = new Map<string, LiveUpstream>();
  #names = new Map<string, LiveUpstream[]>();

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

  apply(specs: readonly Upstream[]): void {
    const wanted = new Set(specs.map((spec) => spec.key));
    for (const spec of specs) {
      const known = this.#byKey.get(spec.key);
      if (known !== undefined && known.spec.protocol === spec.protocol) {
        known.spec = spec;
        known.setEndpoints(spec.endpoints);
        continue;
      }
      known?.setEndpoints([]);
      this.#byKey.set(spec.key, new LiveUpstream(spec));
    }
    for (const [key, upstream] of this.#byKey) {
      if (wanted.has(key)) continue;
      upstream.setEndpoints([]);
      this.#byKey.delete(key);
    }
    this.#names = new Map();
    for (const upstream of this.#byKey.values()) {
      for (const host of upstream.spec.hosts.map((h) => h.toLowerCase())) {
        this.#names.set(host, [...(this.#names.get(host) ?? []), upstream]);
      }
    }
  }

  destroy(): void {
    for (const upstream of this.#byKey.values()) upstream.destroy();
  }
}
