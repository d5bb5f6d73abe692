/** A program that runs on a schedule, one run at a time. */
import type { Cron } from 'croner';
import type { ProgramSpec, ProgramStatus } from '../spec.ts';
import { specHash } from './hash.ts';
import { runToEnd } from './once.ts';
import { type ServiceEvent, serviceEvent } from './program-event.ts';
import type { Supervised, Updated } from './supervised.ts';
import type { World } from './world.ts';

export class CronProgram implements Supervised {
  readonly #world: World;
  readonly #force: AbortSignal;
  readonly #stop = new AbortController();
  #spec: ProgramSpec;
  #clock: Promise<Cron | undefined> = Promise.resolve(undefined);
  #run: Promise<void> | undefined;
  #runs = 0;
  #startedAt = 0;
  #last: string | undefined;
  #over = false;

  constructor(world: World, spec: ProgramSpec, force: AbortSignal) {
    this.#world = world;
    this.#spec = spec;
    this.#force = force;
  }

  get spec(): ProgramSpec {
    return this.#spec;
  }

  start(): void {
    this.#clock = this.#schedule();
    this.#clock.catch((error) => this.#world.note(`${this.#spec.id}: ${String(error)}`));
    this.#world.emit(this.event());
  }

  /** A run under way ends as it began; the next one has the newer spec. */
  update(spec: ProgramSpec): Updated {
    if (specHash(spec) === specHash(this.#spec)) return 'unchanged';
    this.#spec = spec;
    const before = this.#clock;
    this.#clock = before.then((cron) => {
      cron?.stop();
      return this.#schedule();
    });
    return 'updated';
  }

  /** Each run begins with the newest code by itself. */
  roll(): void {}

  status(): ProgramStatus {
    const { id, kind } = this.#spec;
    const hash = specHash(this.#spec);
    const why = this.#last;
    const state = this.#run ? ('ready' as const) : ('waiting' as const);
    const replica = {
      index: 0,
      pid: undefined,
      port: undefined,
      namedPorts: {},
      state,
      restarts: 0,
      startedAt: this.#startedAt,
    };
    const replicas = this.#over ? [] : [why === undefined ? replica : { ...replica, why }];
    return { id, kind, hash, wanted: 1, ready: this.#over ? 0 : 1, replicas };
  }

  event(): ServiceEvent {
    const { replicas } = this.status();
    const doing = { failure: undefined, rolling: false, stopping: this.#stop.signal.aborted };
    return { ...serviceEvent(this.#spec, replicas, doing), ready: this.#over ? 0 : 1, wanted: 1 };
  }

  async waitReady(): Promise<ProgramStatus> {
    await this.#clock;
    return this.status();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    const cron = await this.#clock.catch(() => undefined);
    cron?.stop();
    await this.#run;
    this.#over = true;
    this.#world.emit(this.event());
  }

  async #schedule(): Promise<Cron> {
    const { Cron } = await import('croner');
    return new Cron(
      this.#spec.schedule ?? '',
      { protect: true, catch: (error) => this.#world.note(String(error)) },
      () => {
        if (this.#stop.signal.aborted || this.#run) return;
        this.#run = this.#runNow().finally(() => {
          this.#run = undefined;
          if (!this.#stop.signal.aborted) this.#world.emit(this.event());
        });
        return this.#run;
      },
    );
  }

  async #runNow(): Promise<void> {
    this.#startedAt = this.#world.system.clock.now();
    this.#runs += 1;
    try {
      const ran = await runToEnd(this.#world, this.#spec, { force: this.#force, signal: this.#stop.signal });
      const how = ran.error ?? (ran.code === undefined ? `ended by ${ran.signal}` : `exit code ${ran.code}`);
      this.#last = `run ${this.#runs}: ${how}`;
      if (ran.code !== 0) this.#world.log(this.#spec.id, 0, 'opta', [this.#last]);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#world.note(`${this.#spec.id}: ${String(error)}`);
    }
  }
}
