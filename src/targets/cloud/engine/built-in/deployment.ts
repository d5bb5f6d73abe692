/** A run of a program against a stack: for every resource that it registers, the step that the old state asks for. */
import { nowhere, type Setting } from '../simulated/kind.ts';
import { type Difference, type SimulatedProvider, settingOf } from '../simulated/provider.ts';
import { compact, headOf, inClear, keepOld, type Properties, unknownText } from '../values.ts';
import type { EventStream } from './events.ts';
import type { Journal } from './journal.ts';
import { unwind } from './order.ts';
import { refusals } from './refusals.ts';
import { type AliasRequest, isProviderType, packageOf, type Registration, rootType, urnOf } from './registration.ts';
import { inputsWithout, type ResourceState, type Snapshot } from './snapshot.ts';
import { StepFailed, type Steps, Stopped } from './steps.ts';

export interface DeploymentOptions {
  readonly stack: string;
  readonly project: string;
  readonly dryRun: boolean;
  readonly base: Snapshot;
  readonly journal: Journal;
  readonly events: EventStream;
  readonly steps: Steps;
  readonly cloud: SimulatedProvider;
  /** Packages without a provider of their own, from `pulumi:disable-default-providers`; `*` is all. */
  readonly withoutDefault: readonly string[];
  readonly ignoreProtect: boolean;
  /** URNs of what alone may change; undefined is all. */
  readonly targets: readonly string[] | undefined;
}

const clear = (properties: Properties): Properties => inClear(properties) as Properties;

export class Deployment {
  readonly #options: DeploymentOptions;
  readonly #old: ReadonlyMap<string, ResourceState>;
  readonly #seen = new Map<string, ResourceState | undefined>();
  /** Old states that this run has dealt with, so that the end does not delete them. */
  readonly #done = new Set<ResourceState>();
  /** Old states deleted to make room for their replacement. */
  readonly #cleared = new Set<ResourceState>();
  /** As this run has taken them in, before what the program says of them. */
  readonly #imported = new Map<string, ResourceState>();
  readonly #settings = new Map<string, Setting>();

  constructor(options: DeploymentOptions) {
    this.#options = options;
    for (const { urn, type, inputs } of options.base.resources) {
      if (isProviderType(type)) this.#settings.set(urn, settingOf(clear(inputs)));
    }
    this.#old = new Map(options.base.resources.filter((state) => !state.delete).map((state) => [state.urn, state]));
  }

  /** State of a registered resource. Throws StepFailed or Stopped. */
  async register(registration: Registration): Promise<ResourceState> {
    const { stack, project, steps } = this.#options;
    const urn = urnOf(stack, project, registration.type, registration.name, registration.parent);
    if (this.#seen.has(urn)) {
      throw steps.fail(`Duplicate resource URN '${urn}'; try giving it a unique name`, urn);
    }
    this.#seen.set(urn, undefined);
    const old = this.#oldOf(urn, registration);
    if (!this.#isTarget(urn)) return this.#left(urn, old);
    const state = await this.#stepFor(this.#goalOf(urn, registration, old), registration, old).catch(
      async (error: unknown) => {
        if (error instanceof StepFailed && error.left) await this.#options.journal.put(error.left, old);
        throw error;
      },
    );
    this.#seen.set(urn, state);
    if (old) this.#done.add(old);
    const imported = this.#imported.get(urn);
    if (imported) await this.#options.journal.change(imported, state);
    else await this.#options.journal.put(state, old);
    return state;
  }

  /** Outputs that a component, or the stack, has of its own. */
  async registerOutputs(urn: string, outputs: Properties): Promise<void> {
    const state = this.#seen.get(urn);
    if (!state) return;
    const fresh: ResourceState = { ...state, outputs: compact(outputs) };
    this.#seen.set(urn, fresh);
    const old = this.#old.get(urn);
    if (state.type === rootType) this.#options.events.done({ op: old ? 'same' : 'create', urn, old, fresh });
    await this.#options.journal.change(state, fresh);
  }

  stateOf(urn: string): ResourceState | undefined {
    return this.#seen.get(urn) ?? this.#old.get(urn);
  }

  /** Deletes what was replaced and what the program no longer has. */
  async finish(): Promise<void> {
    const left = this.#options.journal.snapshot.resources.filter((state) => this.#isLeft(state));
    await this.remove(left.filter(({ urn }) => this.#isTarget(urn)));
  }

  async remove(states: readonly ResourceState[]): Promise<void> {
    const { steps, journal, ignoreProtect } = this.#options;
    await unwind(states, async (state) => {
      if (state.protect && !ignoreProtect) {
        steps.fail(refusals.delete(state.urn), state.urn);
        return false;
      }
      const owned = states.some(({ urn }) => urn === state.deletedWith);
      const setting = this.settingOf(state.provider ?? '');
      return steps.delete(state, state.delete ? 'delete-replaced' : 'delete', owned, setting).then(
        async () => {
          await journal.change(state, undefined);
          return true;
        },
        (error) => {
          if (error instanceof StepFailed || error instanceof Stopped) return false;
          throw error;
        },
      );
    });
  }

  /** Takes a thing into the state, as `pulumi import` does. */
  async adopt(asked: { type: string; name: string; id: string; provider: string; parent: string }): Promise<void> {
    const { stack, project, steps, journal } = this.#options;
    const { type, name, id, provider, parent } = asked;
    const urn = urnOf(stack, project, type, name, parent);
    const goal: ResourceState = { urn, custom: true, type, inputs: {}, outputs: {}, parent, provider };
    await journal.put(await steps.adoptById(goal, id, this.settingOf(provider)), this.#old.get(urn));
  }

  /** The provider's account and region, by the reference `urn::id`. */
  settingOf(reference: string): Setting {
    return this.#settings.get(reference.split('::').slice(0, -1).join('::')) ?? nowhere;
  }

  /** Refuses a resource or function without a provider of its own. */
  refuseDefault(token: string, provider: string, who: string): void {
    const { withoutDefault, steps } = this.#options;
    const of = packageOf(token);
    if (provider !== '' || of === 'pulumi' || !(withoutDefault.includes('*') || withoutDefault.includes(of))) return;
    throw steps.fail(`Default provider for '${of}' disabled. '${who}' must use an explicit provider.`, who);
  }

  #isTarget(urn: string): boolean {
    return this.#options.targets?.includes(urn) ?? true;
  }

  /** What is no target stays as the state has it. */
  async #left(urn: string, old: ResourceState | undefined): Promise<ResourceState> {
    const { steps } = this.#options;
    if (!old) throw steps.fail(`Resource '${urn}' does not exist and was not specified in --target list`, urn);
    this.#seen.set(urn, old);
    return steps.same(old, old);
  }

  #isLeft(state: ResourceState): boolean {
    if (state.delete) return true;
    return this.#seen.get(state.urn) !== state && !this.#done.has(state);
  }

  #oldOf(urn: string, { aliases, type, name, parent }: Registration): ResourceState | undefined {
    const { stack, project } = this.#options;
    const direct = this.#old.get(urn);
    if (direct) return direct;
    const aliasUrn = (alias: AliasRequest): string =>
      alias.urn ??
      urnOf(stack, project, alias.type || type, alias.name || name, alias.noParent ? '' : alias.parentUrn || parent);
    return aliases.map((alias) => this.#old.get(aliasUrn(alias))).find((state) => state && !this.#done.has(state));
  }

  #goalOf(urn: string, asked: Registration, old: ResourceState | undefined): ResourceState {
    let inputs = compact(asked.inputs);
    for (const path of old ? asked.ignoreChanges : []) inputs = keepOld(inputs, old?.inputs ?? {}, path);
    const dependencies = Object.entries(asked.propertyDependencies).filter(([, urns]) => urns.length > 0);
    return {
      urn,
      custom: asked.custom,
      type: asked.type,
      inputs,
      outputs: {},
      ...(asked.parent && { parent: asked.parent }),
      ...(asked.protect && { protect: true }),
      ...(asked.dependencies.length > 0 && { dependencies: [...asked.dependencies].sort() }),
      ...(asked.provider && { provider: asked.provider }),
      ...(dependencies.length > 0 && { propertyDependencies: Object.fromEntries(dependencies) }),
      ...(asked.secretOutputs.length > 0 && { additionalSecretOutputs: asked.secretOutputs }),
      ...(old && old.urn !== urn && { aliases: [old.urn] }),
      ...(asked.retainOnDelete && { retainOnDelete: true }),
      ...(asked.deletedWith && { deletedWith: asked.deletedWith }),
      ...(asked.ignoreChanges.length > 0 && { ignoreChanges: asked.ignoreChanges }),
      ...(old?.importID && { importID: old.importID }),
      ...(old?.created && { created: old.created, modified: old.modified ?? old.created }),
    };
  }

  #stepFor(goal: ResourceState, asked: Registration, old: ResourceState | undefined): Promise<ResourceState> {
    if (!asked.custom) return this.#component(goal, old);
    if (isProviderType(asked.type)) return this.#provider(goal, old);
    this.refuseDefault(asked.type, asked.provider, goal.urn);
    if (asked.importId && (old?.importID ?? old?.id) !== asked.importId) return this.#taken(goal, asked, old);
    if (!old || this.#cleared.has(old)) return this.#options.steps.create(goal, this.settingOf(asked.provider), old);
    return this.#changed(goal, asked, old);
  }

  async #component(goal: ResourceState, old: ResourceState | undefined): Promise<ResourceState> {
    const { events } = this.#options;
    const fresh = { ...goal, outputs: old?.outputs ?? {} };
    const op = old ? 'same' : 'create';
    events.begun({ op, urn: goal.urn, old, fresh });
    if (goal.type !== rootType) events.done({ op, urn: goal.urn, old, fresh });
    return fresh;
  }

  /** A provider is configuration only: it exists as soon as it is said. */
  async #provider(goal: ResourceState, old: ResourceState | undefined): Promise<ResourceState> {
    const { dryRun, cloud, events } = this.#options;
    this.#settings.set(goal.urn, settingOf(clear(goal.inputs)));
    const id = old?.id ?? (dryRun ? unknownText : crypto.randomUUID());
    const paths = cloud.diff(goal.type, old?.inputs ?? {}, goal.inputs).paths;
    const changed = old && paths.size > 0;
    const op = old ? (changed ? 'update' : 'same') : 'create';
    const report = { op, urn: goal.urn, old, fresh: { ...goal, id, outputs: goal.inputs }, paths } as const;
    events.begun(report);
    events.done(report);
    return report.fresh;
  }

  async #changed(goal: ResourceState, asked: Registration, old: ResourceState): Promise<ResourceState> {
    const { cloud, steps } = this.#options;
    const difference = this.#demanded(cloud.diff(goal.type, clear(old.inputs), clear(goal.inputs)), asked);
    const living = { ...goal, ...(old.id && { id: old.id }), outputs: old.outputs };
    if (difference.paths.size === 0 && !old.initErrors) return steps.same(old, living);
    if (difference.replaces.length === 0) return steps.update(old, living, difference, this.settingOf(asked.provider));
    return this.#replaced(goal, asked, old, difference);
  }

  /** A thing that is there already is taken in as it is; what the program wants of it is a change like any other. */
  async #taken(goal: ResourceState, asked: Registration, old: ResourceState | undefined): Promise<ResourceState> {
    const { cloud, steps, journal } = this.#options;
    const imported = await steps.adopt(goal, asked.importId, this.settingOf(asked.provider));
    this.#imported.set(goal.urn, imported);
    await journal.put(imported, old);
    const wanted = this.#goalOf(goal.urn, asked, imported);
    const { paths } = cloud.diff(goal.type, clear(imported.inputs), clear(wanted.inputs));
    return paths.size === 0 ? imported : this.#changed(wanted, asked, imported);
  }

  #demanded(difference: Difference, { replaceOnChanges }: Registration): Difference {
    const more = [...difference.paths.keys()].filter((path) =>
      replaceOnChanges.some((wanted) => wanted === '*' || wanted === path || wanted === headOf(path)),
    );
    return { ...difference, replaces: [...new Set([...difference.replaces, ...more])] };
  }

  async #replaced(
    goal: ResourceState,
    asked: Registration,
    old: ResourceState,
    difference: Difference,
  ): Promise<ResourceState> {
    const { steps, events, journal, ignoreProtect, dryRun } = this.#options;
    if (old.protect && !ignoreProtect) {
      throw steps.fail(refusals.replace(goal.urn), goal.urn);
    }
    if (asked.importId) {
      if (!dryRun) throw steps.fail(refusals.imported(difference.replaces), goal.urn);
      events.diagnostic('warning', refusals.imported(difference.replaces), goal.urn);
    }
    const deleteFirst = asked.deleteBeforeReplace ?? difference.deleteFirst;
    if (deleteFirst) await this.#clear(old);
    const report = { op: 'replace', urn: goal.urn, old, fresh: goal, ...difference } as const;
    events.begun(report);
    const leave = async (): Promise<void> => {
      if (!deleteFirst) await journal.change(old, { ...old, delete: true });
    };
    const creating = steps.create(goal, this.settingOf(asked.provider), old, difference);
    const fresh = await creating.catch(async (error: unknown) => {
      if (error instanceof StepFailed && error.left) await leave();
      throw error;
    });
    events.done({ ...report, fresh });
    await leave();
    return fresh;
  }

  /** Deletes what stands in the way of its replacement, and before it whatever cannot live without it. */
  async #clear(old: ResourceState): Promise<void> {
    if (this.#cleared.has(old)) return;
    this.#cleared.add(old);
    const { cloud, steps, journal } = this.#options;
    for (const state of this.#old.values()) {
      if (this.#cleared.has(state) || !state.custom) continue;
      if (!Object.values(state.propertyDependencies ?? {}).some((urns) => urns.includes(old.urn))) continue;
      if (cloud.diff(state.type, clear(state.inputs), inputsWithout(old.urn, state)).replaces.length > 0)
        await this.#clear(state);
    }
    await steps.delete(old, 'delete-replaced', false, this.settingOf(old.provider ?? ''));
    await journal.change(old, undefined);
  }
}
