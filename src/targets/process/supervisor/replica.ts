/** One replica: keeps a life of its program running, and swaps it for a newer one without a gap. */
import type { Failure } from '../../../engine/event.ts';
import type { ProgramSpec, ReplicaStatus } from '../spec.ts';
import { Backoff } from './backoff.ts';
import { endInWords } from './diagnose.ts';
import { failureOf } from './failures.ts';
import { choosePorts, type Instance, startInstance } from './instance.ts';
import { awaitReady, lateFailure, type Startup, watchReadiness } from './startup.ts';
import type { World } from './world.ts';

/** Ends in a row before the first readiness that make a start count as failed. */
const earlyEnds = 3;

/** What a replica asks of its program. */
export interface ReplicaOwner {
  readonly world: World;
  /** The spec in force. */
  spec(): ProgramSpec;
  /** Counts the rolls that were asked for. */
  generation(): number;
  started(instance: Instance): void;
  /** Readiness may have changed; resolves when the data plane knows. */
  changed(): Promise<void>;
  failed(failure: Failure): void;
  /** Resolves when no request is under way to this life any more. */
  drain(instance: Instance): Promise<void>;
}

interface Life {
  readonly instance: Instance;
  readonly spec: ProgramSpec;
  /** Ends the wait for its readiness. */
  readonly abort: AbortController;
  ready: boolean;
  why: string | undefined;
  /** Set once it is on its way out; resolves when nothing of it is left. */
  retired: Promise<void> | undefined;
}

function stateOf({ instance, ready, why }: Life): ReplicaStatus['state'] {
  if (instance.hasEnded()) return 'ended';
  if (ready) return 'ready';
  return why === undefined || why.startsWith('starting') ? 'starting' : 'unready';
}

export class Replica {
  readonly index: number;
  readonly #owner: ReplicaOwner;
  readonly #backoff = new Backoff();
  readonly #force: AbortSignal;
  /** Everything of it that may still run. */
  readonly #lives = new Set<Life>();
  #current: Life | undefined;
  #generation = -1;
  /** Changes whenever a planned start is no longer wanted. */
  #turn = 0;
  #early = 0;
  #restarts = 0;
  #waiting: string | undefined;
  #cancelWait = () => {};
  #stopped = false;

  constructor(owner: ReplicaOwner, index: number, force: AbortSignal) {
    this.#owner = owner;
    this.index = index;
    this.#force = force;
  }

  /** The newest roll that its lives were started for. */
  get generation(): number {
    return this.#generation;
  }

  /** The life that takes requests. */
  get serving(): Instance | undefined {
    return this.#current?.ready ? this.#current.instance : undefined;
  }

  status(): ReplicaStatus {
    const life = this.#current;
    const why = this.#waiting ?? life?.why;
    const state = this.#stopped ? 'stopping' : life ? stateOf(life) : 'waiting';
    return {
      index: this.index,
      pid: life?.instance.pid,
      port: life?.instance.ports.port,
      namedPorts: life?.instance.ports.named ?? {},
      state,
      restarts: this.#restarts,
      startedAt: life?.instance.startedAt ?? 0,
      ...(why === undefined ? {} : { why }),
    };
  }

  /** Why it is not ready now, as a failure; undefined when it is, or when nothing is known. */
  async diagnosis(waitedMs: number): Promise<Failure | undefined> {
    const life = this.#current;
    if (!life || life.ready) return undefined;
    const last = life.why ?? 'no answer yet';
    return lateFailure(this.#owner.world, life.spec, life.instance, last, waitedMs);
  }

  /** Starts a life where none is; resolves with how its start went. Aborting ends the wait, not the life. */
  async begin(signal?: AbortSignal): Promise<Startup> {
    const turn = this.#newTurn();
    const life = await this.#start(() => turn === this.#turn);
    if (!life) return { ready: false, why: 'stopped' };
    this.#current = life;
    this.#owner.changed();
    const outcome = await this.#watchStart(life, signal);
    if (this.#current !== life || life.retired) return { ready: false, why: 'stopped' };
    if (outcome.ready) await this.#becameReady(life);
    else if (outcome.why !== 'stopped') this.#startFailed(life, outcome);
    return outcome;
  }

  /** Starts a newer life beside the present one and swaps them once it is ready; else the present one stays. */
  async surge(signal: AbortSignal): Promise<Startup> {
    const life = await this.#start(() => !signal.aborted);
    if (!life) return { ready: false, why: 'stopped' };
    const outcome = await this.#watchStart(life, signal);
    if (!outcome.ready || this.#stopped) {
      void this.#retire(life, false);
      return outcome;
    }
    this.#newTurn();
    const before = this.#current;
    this.#current = life;
    await this.#becameReady(life);
    if (before) void this.#retire(before, before.ready);
    return outcome;
  }

  /** Ends the present life without a successor yet, then begins anew; `alone`: only once nothing is left of it. */
  async replace(signal: AbortSignal, alone: boolean): Promise<Startup> {
    this.#newTurn();
    this.#early = 0;
    this.#backoff.reset();
    const before = this.#current;
    this.#current = undefined;
    if (before) {
      const drain = before.ready;
      before.ready = false;
      await this.#owner.changed();
      const retired = this.#retire(before, drain);
      if (alone) await retired;
    }
    if (alone) await Promise.all([...this.#lives].map((life) => life.retired));
    return this.#stopped || signal.aborted ? { ready: false, why: 'stopped' } : this.begin(signal);
  }

  /** Ends all its lives; resolves when nothing is left of them. With `drain`, requests under way end first. */
  async stop(drain: boolean): Promise<void> {
    this.#stopped = true;
    this.#newTurn();
    const serving = new Set([...this.#lives].filter((life) => life.ready));
    for (const life of serving) life.ready = false;
    const told = this.#owner.changed();
    if (drain) await told;
    await Promise.all([...this.#lives].map((life) => this.#retire(life, drain && serving.has(life))));
    this.#current = undefined;
  }

  #newTurn(): number {
    this.#cancelWait();
    this.#waiting = undefined;
    this.#turn += 1;
    return this.#turn;
  }

  async #start(wanted: () => boolean): Promise<Life | undefined> {
    const { world } = this.#owner;
    const spec = this.#owner.spec();
    this.#generation = this.#owner.generation();
    try {
      const ports = await choosePorts(world, spec);
      if (!wanted() || this.#stopped) return undefined;
      const instance = startInstance(world, spec, this.index, ports);
      const abort = new AbortController();
      const life: Life = { instance, spec, abort, ready: false, why: undefined, retired: undefined };
      this.#lives.add(life);
      this.#owner.started(instance);
      return life;
    } catch (error) {
      // Its port is taken, or the ledger could not be written: what is not recorded does not run.
      const failure = failureOf(error);
      this.#owner.failed(failure);
      if (!this.#current && !this.#stopped) this.#beginLater(failure.message, 0, Promise.resolve());
      return undefined;
    }
  }

  #watchStart(life: Life, signal?: AbortSignal): Promise<Startup> {
    const either = signal ? AbortSignal.any([life.abort.signal, signal]) : life.abort.signal;
    return awaitReady(this.#owner.world, life.spec, life.instance, either, (why) => {
      life.why = why;
      this.#owner.changed();
    });
  }

  async #becameReady(life: Life): Promise<void> {
    life.ready = true;
    life.why = undefined;
    this.#early = 0;
    const { instance, spec } = life;
    instance.running.ended.then(() => {
      if (this.#current !== life || life.retired) return;
      life.ready = false;
      this.#owner.changed();
    });
    instance.ended.then((ended) => {
      if (this.#current === life && !life.retired) this.#restartLater(life, endInWords(ended));
    });
    watchReadiness(this.#owner.world, spec, instance, (ready, why) => {
      life.ready = ready && !instance.hasEnded() && !life.retired;
      life.why = ready ? undefined : why;
      if (this.#current === life) this.#owner.changed();
    });
    await this.#owner.changed();
  }

  #startFailed(life: Life, outcome: Exclude<Startup, { ready: true } | { why: 'stopped' }>): void {
    this.#early += 1;
    if (outcome.hopeless || outcome.why === 'late' || this.#early >= earlyEnds) this.#owner.failed(outcome.failure);
    const what = outcome.why === 'late' ? 'not ready in time' : outcome.failure.message.replace(/^.*: /, '');
    this.#restartLater(life, what);
  }

  #restartLater(life: Life, what: string): void {
    this.#current = undefined;
    const livedMs = this.#owner.world.system.clock.now() - life.instance.startedAt;
    this.#beginLater(what, livedMs, this.#retire(life, false));
  }

  #beginLater(what: string, livedMs: number, retired: Promise<void>): void {
    const { world } = this.#owner;
    const turn = this.#newTurn();
    this.#restarts += 1;
    const wait = this.#backoff.next(livedMs);
    this.#waiting = `${what}, again in ${wait / 1000} s`;
    world.log(this.#owner.spec().id, this.index, 'opta', [this.#waiting]);
    const again = async () => {
      await retired;
      if (turn === this.#turn) await this.begin();
    };
    this.#cancelWait = world.system.clock.after(wait, () => void again().catch((error) => world.note(String(error))));
    this.#owner.changed();
  }

  #retire(life: Life, drain: boolean): Promise<void> {
    life.abort.abort();
    const end = async () => {
      if (drain) await this.#owner.drain(life.instance);
      await life.instance.stop(this.#force);
      this.#lives.delete(life);
    };
    life.retired ??= end();
    return life.retired;
  }
}
