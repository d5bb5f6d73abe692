/** The supervisor itself: the programs of one project, and what can be asked of it. */
import type { Event } from '../../../engine/event.ts';
import { UserError } from '../../../errors.ts';
import type { ProgramSpec } from '../spec.ts';
import { CronProgram } from './cron.ts';
import { stoppingError } from './failures.ts';
import { LogFile, logPath } from './log-file.ts';
import { type RanOnce, runToEnd } from './once.ts';
import { Program } from './program.ts';
import type { Supervised, Updated } from './supervised.ts';
import { DataPlaneLink } from './traffic.ts';
import type { World } from './world.ts';

export type Listener = (event: Event) => void;

const portsOf = ({ port }: ProgramSpec): readonly number[] => (typeof port === 'number' ? [port] : []);

export class Supervisor {
  readonly world: World;
  readonly traffic: DataPlaneLink;
  readonly #programs = new Map<string, Supervised>();
  readonly #logs = new Map<string, LogFile>();
  readonly #listeners = new Set<Listener>();
  /** Single runs, and programs on their way out. */
  readonly #once = new Set<Promise<unknown>>();
  readonly #onceStop = new AbortController();
  readonly #force = new AbortController();
  #stopped: Promise<void> | undefined;

  constructor(parts: Pick<World, 'system' | 'folder' | 'ledger' | 'note'>) {
    this.world = {
      ...parts,
      spoken: () => new Set([...this.list().flatMap(({ spec }) => portsOf(spec)), ...this.traffic.ports()]),
      emit: (event) => this.#tell({ ...event, at: parts.system.clock.now() } as Event),
      log: (id, replica, stream, lines) => this.#log(id, replica, stream, lines),
    };
    this.traffic = new DataPlaneLink(this.world);
  }

  get stopping(): boolean {
    return this.#stopped !== undefined;
  }

  /** Nothing runs and nothing is wanted. */
  get idle(): boolean {
    return this.#programs.size === 0 && this.#once.size === 0;
  }

  put(specs: readonly ProgramSpec[]): Record<string, Updated> {
    this.#refuseWhenStopping();
    return Object.fromEntries(specs.map((spec) => [spec.id, this.#putOne(spec)]));
  }

  async remove(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.flatMap((id) => this.#programs.get(id) ?? []).map((program) => this.#drop(program)));
  }

  list(): readonly Supervised[] {
    return [...this.#programs.values()];
  }

  find(id: string): Supervised | undefined {
    return this.#programs.get(id);
  }

  /** Throws UserError `service-unknown`. */
  get(id: string): Supervised {
    const program = this.#programs.get(id);
    if (program) return program;
    const hints = [`These run: ${[...this.#programs.keys()].join(', ') || 'none'}.`];
    throw new UserError('service-unknown', `${id} does not run`, { hints });
  }

  runOnce(spec: ProgramSpec, signal: AbortSignal, onLine: (line: string, stream: string) => void): Promise<RanOnce> {
    this.#refuseWhenStopping();
    const either = AbortSignal.any([signal, this.#onceStop.signal]);
    const run = runToEnd(this.world, spec, { force: this.#force.signal, signal: either, onLine }).then((ran) => {
      // An end by our own signal says nothing about the program.
      this.#refuseWhenStopping();
      return ran;
    });
    const tracked = run.catch(() => undefined).finally(() => this.#once.delete(tracked));
    this.#once.add(tracked);
    return run;
  }

  /** Calls `act` with every event from now on, after what is known already. The returned function ends it. */
  listen(act: Listener): () => void {
    for (const program of this.#programs.values()) act({ ...program.event(), at: this.world.system.clock.now() });
    this.#listeners.add(act);
    return () => this.#listeners.delete(act);
  }

  /** Ends everything: higher ranks first, together within a rank. With `force`, at once. */
  stop(force: boolean): Promise<void> {
    this.#stopped ??= this.#stopAll();
    if (force) this.#force.abort();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    this.#onceStop.abort();
    const programs = this.list();
    const ranks = [...new Set(programs.map(({ spec }) => spec.rank))].sort((a, b) => b - a);
    await Promise.all(this.#once);
    for (const rank of ranks) {
      await Promise.all(programs.filter(({ spec }) => spec.rank === rank).map((program) => program.stop(false)));
    }
    for (const file of this.#logs.values()) file.close();
  }

  #putOne(spec: ProgramSpec): Updated {
    const known = this.#programs.get(spec.id);
    if (known && (known.spec.kind === 'cron') === (spec.kind === 'cron')) return known.update(spec);
    if (known) void this.#drop(known);
    const { signal } = this.#force;
    const cron = spec.kind === 'cron';
    const program = cron
      ? new CronProgram(this.world, spec, signal)
      : new Program(this.world, this.traffic, spec, signal);
    this.#programs.set(spec.id, program);
    program.start();
    return 'started';
  }

  /** Stops a program that is no longer wanted; a stop of everything waits for it. */
  #drop(program: Supervised): Promise<void> {
    this.#programs.delete(program.spec.id);
    const dropped = program.stop(true).finally(() => this.#once.delete(dropped));
    this.#once.add(dropped);
    return dropped;
  }

  #refuseWhenStopping(): void {
    if (this.stopping) throw stoppingError();
  }

  #tell(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  #log(id: string, replica: number, stream: 'stdout' | 'stderr' | 'opta', lines: readonly string[]): void {
    const { folder, system } = this.world;
    const { clock } = system;
    let file = this.#logs.get(id);
    if (!file) {
      file = new LogFile(logPath(folder.logs, id), clock);
      this.#logs.set(id, file);
    }
    const at = clock.now();
    file.write(lines.map((line) => ({ at, service: id, replica, stream, line })));
    if (this.#listeners.size === 0) return;
    for (const line of lines) this.#tell({ type: 'log', at, service: id, replica, stream, line });
  }
}
