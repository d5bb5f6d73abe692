/** The link to the data plane: sends it its config and the ready replicas, and again after it was restarted. */

import { UserError } from '../../../errors.ts';
import type { DataPlaneConfig, DataPlaneReply, DataPlaneRequest, Endpoint } from '../data-plane.ts';
import type { MeshMetrics } from '../mesh-metrics.ts';
import type { Asked, Recordings } from '../tracing/store.ts';
import type { Instance } from './instance.ts';
import type { World } from './world.ts';

/** What a program asks of the data plane. */
export interface Traffic {
  /** Tells the ready replicas; resolves when the data plane knows, or when there is none. */
  serve(id: string, instances: readonly Instance[]): Promise<void>;
  /** Resolves when no request is under way to that replica, at the latest after `graceMs`. */
  drain(id: string, instance: Instance, graceMs: number): Promise<void>;
  /** A data plane process has started. */
  attach(instance: Instance): void;
}

type Unnumbered = DataPlaneRequest extends infer R ? (R extends DataPlaneRequest ? Omit<R, 'seq'> : never) : never;

/** Milliseconds until an answer counts as lost, a start on a busy machine included; a drain has its grace on top. */
const answerWithin = 60_000;

function endpointsOf(key: string, instances: readonly Instance[]): readonly Endpoint[] {
  const name = key.slice(key.lastIndexOf(':') + 1);
  return instances.flatMap(({ index, ports }) => {
    const port = ports.named[name] ?? ports.port;
    return port === undefined ? [] : [{ replica: index, port }];
  });
}

export class DataPlaneLink implements Traffic {
  readonly #world: World;
  readonly #serving = new Map<string, readonly Instance[]>();
  readonly #waiting = new Map<number, (reply: DataPlaneReply) => void>();
  /** Last endpoints sent to this life of the data plane, by upstream, and when it took them. */
  readonly #sent = new Map<string, { readonly text: string; readonly taken: Promise<void> }>();
  /** Those who wait for a data plane to take their config. */
  readonly #attached: (() => void)[] = [];
  #config: DataPlaneConfig | undefined;
  #child: Instance | undefined;
  #seq = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get config(): DataPlaneConfig | undefined {
    return this.#config;
  }

  /** Where the data plane listens, or will again after a crash. */
  ports(): readonly number[] {
    if (!this.#config) return [];
    const { ingress, metricsPort, spansPort, outbound } = this.#config;
    const own = [ingress.httpsPort, ingress.httpPort, metricsPort ?? 0, spansPort ?? 0];
    return [...own, ...outbound.flatMap(({ proxyPort, direct }) => [proxyPort, ...direct.map(({ port }) => port)])];
  }

  attach(instance: Instance): void {
    this.#child = instance;
    this.#sent.clear();
    instance.running.onMessage((message) => {
      const reply = message as DataPlaneReply;
      this.#waiting.get(reply.seq)?.(reply);
    });
    instance.running.ended.then(() => {
      if (this.#child !== instance) return;
      this.#child = undefined;
      for (const [seq, answer] of this.#waiting)
        answer({ seq, ok: false, code: 'ended', message: 'the data plane ended' });
    });
    const waiting = this.#attached.splice(0);
    for (const resolve of waiting) resolve();
    if (!this.#config || waiting.length > 0) return;
    this.#sendConfig(this.#config).catch((error) => this.#world.note(`data plane: ${String(error)}`));
  }

  /** Resolves when the data plane took it; throws when it could not, such as for a taken port. */
  async configure(config: DataPlaneConfig): Promise<void> {
    this.#config = config;
    if (this.#child) return this.#sendConfig(config);
    const attached = Promise.withResolvers<void>();
    const late = new UserError('data-plane-failed', 'the data plane does not run', {
      hints: ['Run `opta dev up` again.'],
    });
    const cancel = this.#world.system.clock.after(answerWithin, () => attached.reject(late));
    this.#attached.push(attached.resolve);
    await attached.promise.finally(cancel);
    await this.configure(this.#config);
  }

  /** What went over each edge; undefined while no data plane runs. */
  async metrics(): Promise<MeshMetrics | undefined> {
    if (!this.#child || !this.#config) return undefined;
    const reply = await this.#request({ type: 'metrics' }, answerWithin);
    return reply.ok ? reply.mesh : undefined;
  }

  /** What the data plane and the apps have seen of requests; undefined while no data plane runs. */
  async traces(asked: Asked): Promise<Recordings | undefined> {
    if (!this.#child || !this.#config) return undefined;
    const reply = await this.#request({ type: 'traces', asked }, answerWithin);
    return reply.ok ? reply.traces : undefined;
  }

  async serve(id: string, instances: readonly Instance[]): Promise<void> {
    this.#serving.set(id, instances);
    const upstreams = this.#config?.upstreams.filter((upstream) => upstream.service === id) ?? [];
    await Promise.all(upstreams.map(({ key }) => this.#sendEndpoints(key, endpointsOf(key, instances))));
  }

  async drain(id: string, { ports }: Instance, graceMs: number): Promise<void> {
    const upstreams = this.#config?.upstreams.filter((upstream) => upstream.service === id) ?? [];
    const drains = upstreams.map(async ({ key }) => {
      const port = ports.named[key.slice(key.lastIndexOf(':') + 1)] ?? ports.port;
      if (port === undefined || !this.#child) return;
      const reply = await this.#request({ type: 'drain', upstream: key, port, graceMs }, answerWithin + graceMs);
      if (!reply.ok) this.#world.note(`drain of ${key}: ${reply.message}`);
    });
    await Promise.all(drains);
  }

  async #sendConfig(config: DataPlaneConfig): Promise<void> {
    const upstreams = config.upstreams.map((upstream) => {
      const endpoints = endpointsOf(upstream.key, this.#serving.get(upstream.service) ?? []);
      return { ...upstream, endpoints };
    });
    const answer = this.#request({ type: 'config', config: { ...config, upstreams } }, answerWithin);
    const taken = answer.then(() => {});
    for (const { key, endpoints } of upstreams) this.#sent.set(key, { text: JSON.stringify(endpoints), taken });
    const reply = await answer;
    if (!reply.ok) throw refusal(reply);
  }

  #sendEndpoints(upstream: string, endpoints: readonly Endpoint[]): Promise<void> {
    const text = JSON.stringify(endpoints);
    const last = this.#sent.get(upstream);
    if (last?.text === text) return last.taken;
    if (!this.#child) return Promise.resolve();
    const taken = this.#request({ type: 'endpoints', upstream, endpoints }, answerWithin).then((reply) => {
      if (!reply.ok) this.#world.note(`endpoints of ${upstream}: ${reply.message}`);
    });
    this.#sent.set(upstream, { text, taken });
    return taken;
  }

  /** Never rejects: a lost answer is a refusal. */
  #request(request: Unnumbered, withinMs: number): Promise<DataPlaneReply> {
    this.#seq += 1;
    const seq = this.#seq;
    return new Promise((resolve) => {
      const lost = { seq, ok: false, code: 'no-answer', message: 'the data plane does not answer' } as const;
      const cancel = this.#world.system.clock.after(withinMs, () => answer(lost));
      const answer = (reply: DataPlaneReply) => {
        cancel();
        this.#waiting.delete(seq);
        resolve(reply);
      };
      this.#waiting.set(seq, answer);
      if (this.#child) this.#child.running.send({ ...request, seq });
      else answer({ ...lost, code: 'ended', message: 'the data plane does not run' });
    });
  }
}

function refusal(reply: Extract<DataPlaneReply, { ok: false }>): UserError {
  const at = reply.port === undefined ? '' : ` ${reply.port}`;
  if (reply.code === 'EADDRINUSE' || reply.code === 'port-taken') {
    return new UserError('port-taken', `port${at} is taken by another program`, {
      hints: [`End what listens on port${at}, then run \`opta dev up\` again.`],
    });
  }
  if (reply.code === 'port-not-allowed') {
    return new UserError('port-not-allowed', `port${at} may not be opened by your user`, {
      hints: ['Choose a port above 1023.'],
    });
  }
  return new UserError('data-plane-failed', `the data plane refused its configuration: ${reply.message}`, {
    hints: ['Read its log in .opta/logs, then run `opta dev up` again.'],
  });
}
