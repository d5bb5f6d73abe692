/** The steps of a deployment: each tells what begins and ends, keeps the checkpoint, and asks the simulated cloud. */
import type { Clock } from '../../../../system/system.ts';
import type { Setting } from '../simulated/kind.ts';
import type { Difference, SimulatedProvider } from '../simulated/provider.ts';
import { Refused, Unready } from '../simulated/refused.ts';
import type { Thing } from '../simulated/store.ts';
import { inClear, type Properties, resealed } from '../values.ts';
import type { EventStream, StepOp, StepReport } from './events.ts';
import type { Journal } from './journal.ts';
import type { ResourceState } from './snapshot.ts';

/** A step failed; what is to be said of it was said. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  /** What was made nevertheless. */
  left: ResourceState | undefined = undefined;
}

/** The deployment was told to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export interface StepWorld {
  readonly cloud: SimulatedProvider;
  readonly journal: Journal;
  readonly events: EventStream;
  readonly clock: Clock;
  readonly dryRun: boolean;
}

/** Properties that are secret wherever they stand. */
const sensitive = ['password', 'masterPassword', 'authToken', 'authString', 'secretString', 'secretData'];

const clear = (properties: Properties): Properties => inClear(properties) as Properties;

export class Steps {
  readonly #world: StepWorld;
  /** Messages of failed steps, for the end of the run. */
  readonly failures: string[] = [];
  #stopped = false;
  readonly #running = new Set<Promise<unknown>>();
  readonly #over = Promise.withResolvers<undefined>();

  constructor(world: StepWorld) {
    this.#world = world;
  }

  get stopped(): boolean {
    return this.#stopped || this.failures.length > 0;
  }

  /** Resolves when nothing more will be begun. */
  get over(): Promise<undefined> {
    return this.#over.promise;
  }

  /** Begins nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#over.resolve(undefined);
  }

  /** Until what runs has ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running]);
  }

  fail(message: string, urn?: string): StepFailed {
    this.failures.push(message);
    this.#over.resolve(undefined);
    this.#world.events.diagnostic('error', message, urn);
    return new StepFailed(message);
  }

  /** Creates what `goal` says. `old` is what it replaces. */
  create(goal: ResourceState, setting: Setting, old?: ResourceState, difference?: Difference): Promise<ResourceState> {
    const { cloud, dryRun } = this.#world;
    const op: StepOp = old ? 'create-replacement' : 'create';
    const report = { op, urn: goal.urn, old, fresh: goal, ...reported(difference) };
    let left: ResourceState | undefined;
    const made = this.#step(report, async () => {
      const inputs = clear(goal.inputs);
      if (dryRun) return { ...goal, outputs: this.#sealed(goal, cloud.foreseen(inputs)) };
      const ended = await this.#world.journal.begin({ resource: goal, type: 'creating' });
      try {
        return this.#born(goal, await cloud.create(goal.urn, goal.type, inputs, setting));
      } catch (error) {
        if (error instanceof Unready) left = { ...this.#born(goal, error.thing), initErrors: [error.message] };
        throw error;
      } finally {
        ended();
      }
    });
    return made.catch((error: unknown) => {
      if (error instanceof StepFailed) error.left = left;
      throw error;
    });
  }

  update(old: ResourceState, goal: ResourceState, difference: Difference, setting: Setting): Promise<ResourceState> {
    const { cloud, dryRun } = this.#world;
    const report: StepReport = { op: 'update', urn: goal.urn, old, fresh: goal, ...reported(difference) };
    return this.#step(report, async () => {
      const inputs = clear(goal.inputs);
      if (dryRun) return { ...goal, outputs: this.#sealed(goal, cloud.foreseen(inputs, clear(old.outputs))) };
      const ended = await this.#world.journal.begin({ resource: goal, type: 'updating' });
      try {
        const outputs = await cloud.update(goal.urn, goal.type, goal.id ?? '', inputs, setting);
        return { ...goal, outputs: this.#sealed(goal, outputs), modified: this.#now() };
      } finally {
        ended();
      }
    });
  }

  /** Nothing to do but to say so. */
  same(old: ResourceState, goal: ResourceState): Promise<ResourceState> {
    return this.#step({ op: 'same', urn: goal.urn, old, fresh: goal }, async () => goal);
  }

  /** A thing that is there already becomes this resource, as it is: what the program says of it comes after. */
  adopt(goal: ResourceState, id: string, setting: Setting): Promise<ResourceState> {
    const { cloud } = this.#world;
    return this.#step({ op: 'import', urn: goal.urn, fresh: goal }, async () => {
      const ended = await this.#world.journal.begin({ resource: { ...goal, id }, type: 'importing' });
      try {
        const thing = cloud.read(goal.type, id, setting);
        if (!thing) throw new Refused(`resource '${id}' does not exist`);
        const now = this.#now();
        const inputs = resealed(thing.inputs, goal.inputs, sensitive);
        const outputs = this.#sealed(goal, thing.outputs);
        return { ...goal, id, importID: id, inputs, outputs, created: now, modified: now };
      } finally {
        ended();
      }
    });
  }

  /** Takes a thing into the state that only its id was known of. */
  adoptById(state: ResourceState, id: string, setting: Setting): Promise<ResourceState> {
    const { cloud } = this.#world;
    return this.#step({ op: 'import', urn: state.urn, fresh: state }, async () => {
      const thing = cloud.read(state.type, id, setting);
      if (!thing) throw new Refused(`Preview failed: resource '${id}' does not exist`);
      const now = this.#now();
      const inputs = resealed(thing.inputs, {}, sensitive);
      const outputs = resealed(thing.outputs, {}, sensitive);
      return { ...state, id, inputs, outputs, created: now, modified: now };
    });
  }

  /** Deletes `old` in the cloud, unless it is to be kept there. The caller takes it out of the state. */
  async delete(
    old: ResourceState,
    op: 'delete' | 'delete-replaced',
    withItsOwner: boolean,
    setting: Setting,
  ): Promise<void> {
    const { cloud, dryRun } = this.#world;
    await this.#step({ op, urn: old.urn, old }, async () => {
      const inCloud = old.custom && !old.type.startsWith('pulumi:') && !old.retainOnDelete && !withItsOwner;
      if (dryRun || !inCloud) return undefined;
      const ended = await this.#world.journal.begin({ resource: old, type: 'deleting' });
      try {
        await cloud.delete(old.urn, old.type, old.id ?? '', setting);
      } finally {
        ended();
      }
      return undefined;
    });
  }

  /** Reads what there is now; undefined when it is gone. */
  async refresh(old: ResourceState, setting: Setting): Promise<ResourceState | undefined> {
    const { cloud, events } = this.#world;
    events.begun({ op: 'refresh', urn: old.urn, old, fresh: old });
    const thing = cloud.read(old.type, old.id ?? '', setting, clear(old.inputs));
    if (!thing) {
      events.done({ op: 'delete', urn: old.urn, old });
      return undefined;
    }
    const { paths } = cloud.diff(old.type, clear(old.inputs), thing.inputs);
    if (paths.size === 0) {
      events.done({ op: 'same', urn: old.urn, old, fresh: old });
      return old;
    }
    const inputs = resealed(thing.inputs, old.inputs, []);
    const fresh = { ...old, inputs, outputs: this.#sealed({ ...old, inputs }, thing.outputs), modified: this.#now() };
    events.done({ op: 'update', urn: old.urn, old, fresh, paths });
    return fresh;
  }

  #sealed(goal: ResourceState, outputs: Properties): Properties {
    return resealed(outputs, goal.inputs, goal.additionalSecretOutputs ?? []);
  }

  #born(goal: ResourceState, { id, outputs }: Thing): ResourceState {
    const now = this.#now();
    return { ...goal, id, outputs: this.#sealed(goal, outputs), created: now, modified: now };
  }

  #now(): string {
    return new Date(this.#world.clock.now()).toISOString();
  }

  async #step<State extends ResourceState | undefined>(report: StepReport, act: () => Promise<State>): Promise<State> {
    if (this.stopped) throw new Stopped();
    const { events } = this.#world;
    events.begun(report);
    const running = act();
    this.#running.add(running);
    try {
      const fresh = await running;
      events.done({ ...report, ...(fresh && { fresh }) });
      return fresh;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      events.failed(report);
      await this.#world.journal.flush();
      throw this.fail(error.message, report.urn);
    } finally {
      this.#running.delete(running);
    }
  }
}

const reported = (difference: Difference | undefined): Pick<StepReport, 'paths' | 'replaces'> =>
  difference ? { paths: difference.paths, replaces: difference.replaces } : {};
