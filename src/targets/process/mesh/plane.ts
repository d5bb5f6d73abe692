/** The running data plane: its listeners, and how a new configuration is applied to them. */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { ingressCaller } from '../../../app/identity.ts';
import type { Clock } from '../../../system/system.ts';
import type { DataPlaneConfig, Endpoint } from '../data-plane.ts';
import { Ingress } from '../ingress/ingress.ts';
import type { MeshMetrics } from '../mesh-metrics.ts';
import { collect } from '../tracing/collector.ts';
import type { Asked, Recordings } from '../tracing/store.ts';
import { Tracer } from '../tracing/tracer.ts';
import { Credentials, type CredentialsOptions } from './credentials.ts';
import { Edges } from './edges.ts';
import { HttpFront, refuseRaw } from './http-front.ts';
import { Listener } from './listener.ts';
import { OutboundProxy } from './outbound-proxy.ts';
import { answerMetrics } from './prometheus.ts';
import { Upstreams } from './upstreams.ts';

type Accept = (socket: Socket) => void;

export type PlaneOptions = CredentialsOptions;

export class Plane {
  readonly #clock: Clock;
  readonly #edges = new Edges();
  readonly #tracer: Tracer;
  readonly #credentials: Credentials;
  readonly #upstreams: Upstreams;
  readonly #listeners = new Map<number, Listener>();
  readonly #outbound = new Map<string, OutboundProxy>();
  readonly #metrics = new HttpFront({
    exchange: (incoming) => answerMetrics(incoming, () => this.#edges.snapshot()),
    upgrade: (request, socket) => refuseRaw(request, socket, 404, '404 ask for /metrics'),
  });
  readonly #collector = new HttpFront({
    exchange: (incoming) => void collect(incoming, this.#tracer),
    upgrade: (request, socket) => refuseRaw(request, socket, 404, '404 POST spans to /v1/traces'),
  });
  #ingress: Ingress | undefined;

  constructor(clock: Clock, options: PlaneOptions = {}) {
    const note = options.note ?? (() => {});
    this.#clock = clock;
    const seldom = sometimes(clock, note);
    this.#tracer = new Tracer(clock, seldom);
    this.#credentials = new Credentials(clock, { ...options, note });
    this.#upstreams = new Upstreams({
      clock,
      credentials: this.#credentials,
      edges: this.#edges,
      tracer: this.#tracer,
      note: seldom,
    });
  }

  /** All or nothing: rejects with PortFailure, and then the configuration before is still in force. */
  async apply(config: DataPlaneConfig): Promise<void> {
    const { certificateFile, keyFile, ...ingress } = config.ingress;
    const [certificate, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
    const wanted = new Map<number, Accept>();
    wanted.set(config.ingress.httpsPort, (socket) => this.#ingress?.acceptSecure(socket));
    wanted.set(config.ingress.httpPort, (socket) => this.#ingress?.acceptPlain(socket));
    if (config.metricsPort !== undefined) wanted.set(config.metricsPort, (socket) => this.#metrics.accept(socket, 1));
    if (config.spansPort !== undefined) wanted.set(config.spansPort, (socket) => this.#collector.accept(socket, 1));
    for (const { service, proxyPort, direct } of config.outbound) {
      wanted.set(proxyPort, (socket) => this.#outbound.get(service)?.acceptProxy(socket));
      for (const { upstream, port } of direct) {
        wanted.set(port, (socket) => this.#outbound.get(service)?.acceptDirect(upstream, socket));
      }
    }
    const opened = await openAll([...wanted].filter(([port]) => !this.#listeners.has(port)));
    const members = [ingressCaller, ...config.outbound, ...config.upstreams].map((one) =>
      typeof one === 'string' ? one : one.service,
    );
    this.#credentials.apply(config.mesh, [...new Set(members)]);
    const settings = { ...ingress, certificate, key };
    if (this.#ingress !== undefined) this.#ingress.apply(settings);
    else {
      const upstreams = (key: string) => this.#upstreams.byKey(key);
      const parts = { clock: this.#clock, edges: this.#edges, tracer: this.#tracer, upstreams };
      this.#ingress = new Ingress(parts, settings);
    }
    this.#applyOutbound(config);
    this.#tracer.exporter.target = ownTarget(config) ? undefined : config.spansTo;
    for (const listener of opened) this.#listeners.set(listener.port, listener);
    for (const [port, listener] of this.#listeners) {
      const accept = wanted.get(port);
      if (accept !== undefined) listener.accept = accept;
      else {
        listener.close();
        this.#listeners.delete(port);
      }
    }
    await this.#upstreams.apply(config.upstreams);
  }

  async setEndpoints(upstream: string, endpoints: readonly Endpoint[]): Promise<void> {
    await this.#upstreams.byKey(upstream)?.setEndpoints(endpoints);
  }

  metrics(): MeshMetrics {
    return { edges: this.#edges.snapshot(), sidecars: this.#upstreams.sidecars() };
  }

  traces(asked: Asked): Recordings {
    return this.#tracer.store.read(asked);
  }

  async drain(upstream: string, port: number, graceMs: number): Promise<void> {
    await this.#within(graceMs, this.#upstreams.byKey(upstream)?.drain(port));
  }

  /** Takes nothing new, lets what is under way end for `graceMs`, then closes all. */
  async stop(graceMs: number): Promise<void> {
    const listeners = [...this.#listeners.values()];
    for (const listener of listeners) listener.close();
    this.#ingress?.close();
    this.#metrics.close();
    this.#collector.close();
    for (const proxy of this.#outbound.values()) proxy.close();
    await this.#within(graceMs, Promise.all(listeners.map((listener) => listener.quiet())));
    await this.#within(flushMs, this.#tracer.exporter.flush());
    this.destroy();
  }

  destroy(): void {
    for (const listener of this.#listeners.values()) {
      listener.close();
      listener.destroyAll();
    }
    this.#listeners.clear();
    this.#upstreams.destroy();
    this.#credentials.close();
    this.#tracer.exporter.close();
  }

  #applyOutbound(config: DataPlaneConfig): void {
    const names = new Set(config.outbound.map((o) => o.service));
    for (const [service, proxy] of this.#outbound) {
      if (names.has(service)) continue;
      proxy.close();
      this.#outbound.delete(service);
    }
    const parts = { clock: this.#clock, upstreams: this.#upstreams, edges: this.#edges, tracer: this.#tracer };
    for (const outbound of config.outbound) {
      const known = this.#outbound.get(outbound.service);
      if (known !== undefined) {
        known.config = outbound;
        known.parent = config.parentProxy;
      } else {
        const proxy = new OutboundProxy(parts, outbound, config.parentProxy);
        this.#outbound.set(outbound.service, proxy);
      }
    }
  }

  /** Resolves with `work`, or after `ms`. */
  async #within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#clock.after(ms, resolve);
    });
    await Promise.race([work, late]);
    cancel();
  }
}

/** Milliseconds that the last spans may take to their collector. */
const flushMs = 1000;

/** True when the collector that is named is our own: what runs inside of opta was started with its variables. */
function ownTarget({ spansTo, spansPort }: DataPlaneConfig): boolean {
  const url = spansTo && new URL(spansTo.url);
  return url !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname) && url.port === `${spansPort}`;
}

/** Opens all or none. */
async function openAll(wanted: readonly (readonly [number, Accept])[]): Promise<Listener[]> {
  const results = await Promise.allSettled(wanted.map(([port, accept]) => Listener.open(port, accept)));
  const opened = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []));
  const failed = results.find((r) => r.status === 'rejected');
  if (failed === undefined) return opened;
  for (const listener of opened) listener.close();
  throw failed.reason;
}

/** Says the same words at most once a minute. */
function sometimes(clock: Clock, note: (text: string) => void): (text: string) => void {
  const said = new Map<string, number>();
  return (text) => {
    const now = clock.monotonic();
    if (now - (said.get(text) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
    said.set(text, now);
    note(text);
  };
}
