/** What a stack can be asked: previews, updates, and the figures of what happened. */
import type { EngineEvent } from '@pulumi/pulumi/automation/events.js';
import { UserError } from '../../../../errors.ts';
import type { System } from '../../../../system/system.ts';
import { isInTheWay } from '../../guards.ts';
import { keptReplaced, saysKeptReplaced } from '../../kept.ts';
import type { Change, StackEvent, StackHandle, StackPlan, StackResult } from '../../operation.ts';
import type { ChildStart } from '../messages.ts';
import { EngineFailed } from './command.ts';
import { isLockText, lockedMeanwhile } from './locked.ts';
import { lookupOf } from './lookup.ts';
import { Gathered, isSamePlan, kindOf, outputsOf, rootType, stepIn } from './plan.ts';
import { endPlugins, notePlugins } from './plugins.ts';
import { settle } from './settle.ts';
import { stateOf } from './state.ts';
import type { Workspace } from './workspace.ts';

type Emit = (event: StackEvent) => void;
interface EventOptions {
  readonly onEvent: (event: EngineEvent) => void;
}

/** Lines that say nothing to a user: where a simulated plugin was found. */
const noise = /using pulumi-resource-\S+ from \$PATH|resource plugin \S+ is expected to have version/i;

/** Secrets leak through diagnostics of severity debug, which come unasked: they end here. */
const heard = (event: EngineEvent): boolean => (event.diagnosticEvent?.severity as string | undefined) !== 'debug';

function told(event: EngineEvent, emit: Emit): void {
  const { diagnosticEvent } = event;
  if (diagnosticEvent) {
    const { message, severity, urn } = diagnosticEvent;
    if (noise.test(message) || message.trim() === '') return;
    const grave = severity === 'error' ? 'error' : severity === 'warning' ? 'warning' : 'info';
    emit({ type: 'note', severity: grave, message: message.trim(), ...(urn && { urn }) });
    return;
  }
  const metadata = stepIn(event);
  if (!metadata || metadata.type === rootType) return;
  const state = event.resourcePreEvent ? 'begun' : event.resOpFailedEvent ? 'failed' : 'done';
  emit({ type: 'resource', urn: metadata.urn, kind: kindOf(metadata.op), state });
}

/** What the user can mend about an engine that failed; undefined when it is of the resources themselves. */
function mendable(text: string): UserError | undefined {
  const plugin = /no resource plugin '([^']+)'|download and install resource plugin '?([\w-]+)/.exec(text);
  if (plugin) {
    const name = plugin[1] ?? plugin[2];
    return new UserError('plugin-missing', `Pulumi's plugin ${name} is not installed`, {
      hints: [`Run: pulumi plugin install resource ${name?.replace(/^pulumi-resource-/, '')}`],
    });
  }
  if (/incorrect passphrase|passphrase must be set/.test(text)) {
    return new UserError('secrets-unreadable', 'the secrets of this stack cannot be read with this passphrase', {
      hints: ['Set PULUMI_CONFIG_PASSPHRASE_FILE to the file with the passphrase of this environment.'],
    });
  }
  return undefined;
}

interface PreviewOptions {
  readonly refresh?: boolean;
  readonly destroy?: boolean;
}

interface UpOptions {
  readonly expectHash?: string;
  readonly planned?: StackPlan;
  readonly waived?: readonly string[];
}

interface UnguardOptions {
  readonly urns: readonly string[];
  /** Of these: kept, and to go all the same. */
  readonly released?: readonly string[];
}

export class StackOperations {
  readonly #workspace: Workspace;
  readonly #start: ChildStart;
  readonly #emit: Emit;
  readonly #system: System;
  readonly #stop = new AbortController();

  constructor(system: System, workspace: Workspace, start: ChildStart, emit: Emit) {
    this.#system = system;
    this.#workspace = workspace;
    this.#start = start;
    this.#emit = emit;
  }

  /** Lets what runs end. Exactly one interrupt ever reaches an engine: a second would orphan what is being made. */
  cancel(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(new Error('interrupted'));
    this.#workspace.command.interrupt();
  }

  async preview(options: PreviewOptions = {}): Promise<StackPlan> {
    const plan = (await this.#gather(options)).plan();
    const { pending } = await stateOf(this.#workspace, this.#start.backend);
    if (pending.length > 0) return { ...plan, unsettled: true };
    return options.refresh ? { ...plan, changes: plan.changes.map(asDrift) } : plan;
  }

  async #gather({ refresh = false, destroy = false }: PreviewOptions): Promise<Gathered> {
    const { stack } = this.#workspace;
    const gathered = new Gathered(this.#start.input);
    const options: EventOptions = { onEvent: (event) => heard(event) && gathered.take(event) };
    try {
      // What is protected is in the plan too: who reads it says no, or wants a waiver.
      await this.#unprotected(() => {
        if (refresh) return stack.previewRefresh(options);
        return destroy ? stack.previewDestroy(options) : stack.preview(options);
      });
    } catch (error) {
      if (!this.#forgetGone(gathered.errors)) throw this.#failure(error, gathered);
      return await this.#gather({ refresh, destroy });
    }
    return gathered;
  }

  /** What Pulumi protects is no obstacle meanwhile. */
  async #unprotected<T>(act: () => Promise<T>): Promise<T> {
    const { command } = this.#workspace;
    command.extra = ['--ignore-protect'];
    try {
      return await act();
    } finally {
      command.extra = [];
    }
  }

  /** What a destroy kept, and somebody deleted since, cannot be taken over: it is made anew. True when there was such. */
  #forgetGone(errors: readonly string[]): boolean {
    const { retained } = this.#start.input;
    const isGone = ([, id]: [string, string]): boolean =>
      errors.some((text) => text.includes(`resource '${id}' does not exist`));
    const gone = Object.entries(retained).filter(isGone);
    for (const [name, id] of gone) {
      Reflect.deleteProperty(retained, name);
      const message = `${name} ${id}, which was to be taken over, is gone: it is made anew`;
      this.#emit({ type: 'note', severity: 'warning', message });
    }
    return gone.length > 0;
  }

  async up({ expectHash, planned, waived = [] }: UpOptions): Promise<StackResult> {
    if (expectHash !== undefined) {
      const fresh = (await this.#gather({})).plan();
      const same = planned?.hash === expectHash && isSamePlan(planned, fresh, this.#start.input);
      if (fresh.hash !== expectHash && !same) throw planChanged(this.#start.input.stack);
    }
    const up = () => this.#run((options) => this.#workspace.stack.up(options));
    if (waived.length === 0) return up();
    const released = (planned?.changes ?? [])
      .filter(({ kind, type, before = {}, inputs }) => kind === 'replace' && isInTheWay(type, before, inputs))
      .map(({ urn }) => urn);
    const open = await this.unguard({ urns: waived, released });
    if (open.outcome !== 'done' && open.outcome !== 'unchanged') return open;
    if (this.#stop.signal.aborted) return { ...open, outcome: 'cancelled' };
    return this.#unprotected(up);
  }

  /** Lowers what keeps the cloud from deleting these, and changes nothing else. */
  async unguard(wanted: UnguardOptions): Promise<StackResult> {
    const { replayOf } = await import('./replay.ts');
    const { program, targets } = await replayOf(this.#workspace, { ...wanted, now: this.#system.clock.now() });
    if (targets.length === 0) return { outcome: 'unchanged', outputs: {}, changes: {}, pending: [] };
    return this.#run((options) => this.#workspace.stack.up({ ...options, program, target: [...targets] }));
  }

  async destroy({ unprotect }: { readonly unprotect: boolean }): Promise<StackResult> {
    const size = async (): Promise<number> => (await stateOf(this.#workspace, this.#start.backend)).size;
    const taken = async (): Promise<StackResult> => {
      for (let left = await size(); ; ) {
        const result = await this.#run((options) => this.#workspace.stack.destroy(options));
        if (result.outcome !== 'failed') return result;
        // The state knows no dependencies of what was adopted, so it may have gone before what is in its way.
        const now = await size();
        if (now >= left) return result;
        left = now;
      }
    };
    return unprotect ? this.#unprotected(taken) : taken();
  }

  refresh(): Promise<StackResult> {
    return this.#run((options) => this.#workspace.stack.refresh(options));
  }

  async settle(): ReturnType<StackHandle['settle']> {
    const lookup = lookupOf(this.#start, this.#system, this.#stop.signal);
    try {
      return await settle({
        ...{ workspace: this.#workspace, system: this.#system, start: this.#start, lookup },
        gather: () => this.#gather({}),
        signal: this.#stop.signal,
        note: (message) => this.#emit({ type: 'note', severity: 'info', message }),
        refresh: async (urns) => {
          const { outcome, message } = await this.#run((options) =>
            this.#workspace.stack.refresh({ ...options, target: [...urns] }),
          );
          if (outcome === 'locked') throw lockedMeanwhile(this.#start.input.stack);
          if (outcome === 'failed') throw new Error(message ?? outcome);
        },
      });
    } catch (error) {
      throw isEngineFailure(error) && isLockText(error.message) ? lockedMeanwhile(this.#start.input.stack) : error;
    } finally {
      lookup.close();
    }
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const shown = await this.#workspace.pulumi(['stack', 'output', '--json']);
    return outputsOf(JSON.parse(shown), this.#start.input);
  }

  async #run(act: (options: EventOptions) => Promise<unknown>): Promise<StackResult> {
    const gathered = new Gathered(this.#start.input);
    const underWay = new Set<string>();
    const noted = new Set<boolean>();
    const onEvent = (event: EngineEvent): void => {
      if (!heard(event)) return;
      // With the first event the engine is there, with the first resource of a provider its plugin is too.
      const begun = event.resourcePreEvent?.metadata;
      const provided = begun !== undefined && !/^(pulumi|opta):/.test(begun.type);
      if (begun && !noted.has(provided)) {
        noted.add(provided);
        this.#note();
      }
      gathered.take(event);
      const urn = stepIn(event)?.urn;
      if (urn !== undefined && event.resourcePreEvent) underWay.add(urn);
      else if (urn !== undefined) underWay.delete(urn);
      told(event, this.#emit);
    };
    const { outputs } = gathered;
    await endPlugins(this.#system, this.#start.backend.workFolder);
    try {
      await act({ onEvent });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const mend = mendable(text);
      if (mend) throw mend;
      if (!isEngineFailure(error)) throw error;
      const outcome = isLockText(text) ? 'locked' : this.#stop.signal.aborted ? 'cancelled' : 'failed';
      const message = [...new Set(gathered.errors)].join('\n') || text;
      return { outcome, outputs, changes: gathered.counts, message, pending: [...underWay] };
    }
    const touched = Object.entries(gathered.counts).some(
      ([kind, count]) => kind !== 'same' && kind !== 'read' && count > 0,
    );
    return {
      outcome: touched ? 'done' : 'unchanged',
      outputs: gathered.outputs,
      changes: gathered.counts,
      pending: [],
    };
  }

  /** Writes down who works for us, in case we are killed. */
  #note(): void {
    const { pid } = this.#workspace.command;
    if (pid === undefined) return;
    notePlugins(this.#system, this.#start.backend.workFolder, pid).catch((error: Error) =>
      this.#emit({
        type: 'note',
        severity: 'warning',
        message: `cannot write down the engine's processes: ${error.message}`,
      }),
    );
  }

  #failure(error: unknown, gathered: Gathered): unknown {
    if (!isEngineFailure(error)) return error;
    const mend = mendable(error.message);
    if (mend) return mend;
    const { stack } = this.#start.input;
    const detail = gathered.errors.length > 0 ? [...new Set(gathered.errors)] : error.message.split('\n').slice(-12);
    if (detail.some(saysKeptReplaced)) return keptReplaced(stack, detail);
    return new UserError('plan-failed', `the plan of the stack ${stack} could not be made`, {
      detail,
      hints: ['Read what the engine said above; opta state doctor tells what a killed run left behind.'],
    });
  }
}

const isEngineFailure = (error: unknown): error is EngineFailed => error instanceof EngineFailed;

const asDrift = (change: Change): Change => (change.kind === 'update' ? { ...change, kind: 'refresh' } : change);

const planChanged = (stack: string): UserError =>
  new UserError('plan-changed', `the plan of the stack ${stack} is no longer what was approved`, {
    hints: ['Look at the new plan and approve it: run opta promote again.'],
  });
