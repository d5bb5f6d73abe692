/** One program: its replicas, its rolls, and what is said about them. */
import type { Failure } from '../../../engine/event.ts';
import { type Watch, watchFiles } from '../../../system/watch-files.ts';
import type { ProgramSpec, ProgramStatus } from '../spec.ts';
import { notReadyFailure, stoppedFailure } from './diagnose.ts';
import { errorOf } from './failures.ts';
import { processHash, specHash } from './hash.ts';
import type { Instance } from './instance.ts';
import { type ServiceEvent, serviceEvent } from './program-event.ts';
import { Replica } from './replica.ts';
import type { Supervised, Updated } from './supervised.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

export class Program implements Supervised {
  readonly #world: World;
  readonly #traffic: Traffic;
  readonly #force: AbortSignal;
  #spec: ProgramSpec;
  #hash: string;
  #replicas: Replica[] = [];
  /** Why it is not up; gone once every replica is ready. */
  #failure: Failure | undefined;
  /** Why the newest version is not the one that serves; gone with the next roll. */
  #rollFailure: Failure | undefined;
  /** The roll stopped half-way with replicas of both versions: it goes on once all are ready again. */
  #held = false;
  /** Stops of replicas that are no longer wanted. */
  readonly #leaving = new Set<Promise<void>>();
  #watch: Watch | undefined;
  #stopping = false;
  #said = '';
  #waiters = new Set<() => void>();
  #generation = 0;
  /** The roll under way: aborted when a newer one is asked for. */
  #roll: AbortController | undefined;
  #rolling: Promise<void> | undefined;
  /** Resolves when the data plane knows the replicas that are ready now. */
  #told: Promise<void> = Promise.resolve();

  constructor(world: World, traffic: Traffic, spec: ProgramSpec, force: AbortSignal) {
    this.#world = world;
    this.#traffic = traffic;
    this.#force = force;
    this.#spec = spec;
    this.#hash = specHash(spec);
  }

  get spec(): ProgramSpec {
    return this.#spec;
  }

  start(): void {
    this.#openWatch();
    this.#scale();
  }

  status(): ProgramStatus {
    const replicas = this.#replicas.map((replica) => replica.status());
    const { id, kind, replicas: wanted } = this.#spec;
    const what = this.#rollFailure?.message.replace(`${id} `, '');
    const why = what === undefined ? {} : { why: `an edit is not served: ${what}` };
    return { id, kind, hash: this.#hash, wanted, ready: this.#ready().length, replicas, ...why };
  }

  /** Takes a newer spec; the processes follow in the background. */
  update(spec: ProgramSpec): Updated {
    const hash = specHash(spec);
    if (hash === this.#hash) {
      if (!this.#failure && !this.#rollFailure) return 'unchanged';
      this.roll();
      return 'rolling';
    }
    const same = processHash(spec) === processHash(this.#spec);
    const rewatch =
      JSON.stringify(spec.watch) !== JSON.stringify(this.#spec.watch) || spec.directory !== this.#spec.directory;
    this.#spec = spec;
    this.#hash = hash;
    if (rewatch) this.#openWatch();
    const rolls = !same || this.#failure !== undefined;
    if (rolls) this.roll();
    this.#scale();
    this.#changed();
    return rolls ? 'rolling' : 'updated';
  }

  /** Brings every replica to the newest code and spec; a roll under way begins again. */
  roll(): void {
    if (this.#stopping) return;
    this.#generation += 1;
    this.#beginRoll();
  }

  #beginRoll(): void {
    this.#failure = undefined;
    this.#rollFailure = undefined;
    this.#held = false;
    this.#roll?.abort();
    const roll = new AbortController();
    this.#roll = roll;
    const before = this.#rolling;
    const run = async () => {
      await before;
      if (!roll.signal.aborted) await this.#rollAll(roll.signal).catch((error) => this.#world.note(String(error)));
      if (this.#roll !== roll) return;
      this.#roll = undefined;
      this.#changed();
    };
    this.#rolling = run();
    this.#changed();
  }

  /**
   * Resolves when all replicas are ready, no roll is under way and the data plane sends them requests; throws its failure
   * as soon as there is one.
   */
  async waitReady(deadlineMs: number, signal?: AbortSignal): Promise<ProgramStatus> {
    const { clock } = this.#world.system;
    await this.#watch?.ready;
    const settled = Promise.withResolvers<void>();
    const check = () => {
      const failure = this.#failure ?? this.#rollFailure ?? (this.#stopping ? stoppedFailure(this.#spec) : undefined);
      if (failure) settled.reject(errorOf(failure));
      else if (this.#allReady()) this.#told.then(settled.resolve);
    };
    const cancel = clock.after(deadlineMs, async () => settled.reject(errorOf(await this.#diagnosis(deadlineMs))));
    const abort = () => settled.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiters.add(check);
    check();
    try {
      await settled.promise;
      return this.status();
    } finally {
      cancel();
      signal?.removeEventListener('abort', abort);
      this.#waiters.delete(check);
    }
  }

  /** Ends everything of it. With `drain`, requests under way end first. */
  async stop(drain: boolean): Promise<void> {
    this.#stopping = true;
    this.#roll?.abort();
    this.#watch?.close();
    this.#changed();
    await Promise.all(this.#replicas.map((replica) => replica.stop(drain)));
    await this.#rolling;
    await Promise.all(this.#leaving);
    this.#replicas = [];
    this.#changed();
  }

  /** What is known now, as an event. */
  event(): ServiceEvent {
    const { replicas } = this.status();
    const failure = this.#failure ?? this.#rollFailure;
    return serviceEvent(this.#spec, replicas, { failure, rolling: this.#roll !== undefined, stopping: this.#stopping });
  }

  async #rollAll(signal: AbortSignal): Promise<void> {
    const { exclusive, kind, port, id } = this.#spec;
    // Two lives of one replica must not share files or a fixed port.
    const alone = exclusive === true || kind === 'data-plane' || typeof port === 'number';
    const old = this.#replicas.filter((replica) => replica.generation !== this.#generation);
    const idle = alone ? [] : old.filter((replica) => !replica.serving);
    await Promise.all(idle.map((replica) => replica.replace(signal, false)));
    for (const replica of old) {
      if (signal.aborted) return;
      if (replica.generation === this.#generation) continue;
      const surges = replica.serving && !alone;
      const outcome = await (surges ? replica.surge(signal) : replica.replace(signal, alone));
      if (outcome.ready || outcome.why === 'stopped' || this.#ready().length === 0) continue;
      // The older code goes on serving; the next edit tries again.
      this.#rollFailure = outcome.failure;
      this.#held = !surges;
      const text = `the new version does not start, the one before goes on: ${outcome.failure.message}`;
      this.#world.log(id, replica.index, 'opta', [text]);
      return;
    }
  }

  #scale(): void {
    const { replicas: wanted } = this.#spec;
    const world = this.#world;
    for (const replica of this.#replicas.splice(wanted)) {
      const left = replica.stop(true).finally(() => this.#leaving.delete(left));
      this.#leaving.add(left);
    }
    while (this.#replicas.length < wanted) {
      const owner = {
        world,
        spec: () => this.#spec,
        generation: () => this.#generation,
        started: (instance: Instance) => {
          if (this.#spec.kind === 'data-plane') this.#traffic.attach(instance);
        },
        changed: () => this.#changed(),
        failed: (failure: Failure) => {
          this.#failure = failure;
          this.#changed();
        },
        drain: (instance: Instance) => this.#traffic.drain(this.#spec.id, instance, this.#spec.stop.graceMs),
      };
      const replica = new Replica(owner, this.#replicas.length, this.#force);
      this.#replicas.push(replica);
      replica.begin().catch((error) => world.note(String(error)));
    }
  }

  #openWatch(): void {
    this.#watch?.close();
    const { watch: globs, directory } = this.#spec;
    const note = (why: string) => this.#world.note(why);
    const options = { clock: this.#world.system.clock, directory, globs, note };
    this.#watch = globs.length === 0 ? undefined : watchFiles(options, () => this.roll());
  }

  #ready(): readonly Instance[] {
    return this.#replicas.flatMap((replica) => replica.serving ?? []);
  }

  #allReady(): boolean {
    return !this.#roll && this.#ready().length >= this.#spec.replicas;
  }

  async #diagnosis(waitedMs: number): Promise<Failure> {
    for (const replica of this.#replicas) {
      const found = await replica.diagnosis(waitedMs);
      if (found) return found;
    }
    return notReadyFailure(this.#spec, this.event().why, waitedMs);
  }

  #changed(): Promise<void> {
    if (this.#failure && this.#allReady()) this.#failure = undefined;
    if (this.#held && this.#allReady() && !this.#stopping) this.#beginRoll();
    const event = this.event();
    const said = JSON.stringify(event);
    if (said !== this.#said) this.#world.emit(event);
    this.#said = said;
    this.#told = this.#traffic.serve(this.#spec.id, this.#ready());
    for (const check of [...this.#waiters]) check();
    return this.#told;
  }
}
