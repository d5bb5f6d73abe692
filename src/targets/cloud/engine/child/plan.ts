/** Engine events to a plan: one change a resource, and a hash that says the same before and after other stacks exist. */
import { createHash } from 'node:crypto';
import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js';
import { type StackInput, stackNames } from '../../../../app/stacks.ts';
import { upstreamName, valuesByPath } from '../../../../app/upstream.ts';
import type { Change, ChangeKind, StackPlan } from '../../operation.ts';
import { holdsSecret, masked, type Properties, unknownText, type Value } from '../values.ts';

const kinds: Readonly<Record<string, ChangeKind>> = {
  create: 'create',
  update: 'update',
  same: 'same',
  replace: 'replace',
  'create-replacement': 'replace',
  'delete-replaced': 'replace',
  delete: 'delete',
  read: 'read',
  'read-replacement': 'read',
  import: 'import',
  'import-replacement': 'import',
  refresh: 'refresh',
};

export const kindOf = (op: string): ChangeKind => kinds[op] ?? 'same';
export const rootType = 'pulumi:pulumi:Stack';
export const nameOf = (urn: string): string => urn.split('::').at(-1) ?? urn;

/** The event that tells of a step, whatever became of it. */
export const stepIn = (event: EngineEvent): StepEventMetadata | undefined =>
  event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata;

type Side = NonNullable<StepEventMetadata['new']>;

const shown = (values: Readonly<Record<string, Value>> | undefined | null): Properties =>
  masked(values ?? {}) as Properties;

function changeOf(metadata: StepEventMetadata, input: StackInput): Change {
  const { urn, type, old, keys, diffs, detailedDiff } = metadata;
  const side = (metadata.new ?? old ?? {}) as Partial<Side>;
  const id = side.id || old?.id;
  return {
    stack: input.stack,
    urn,
    type,
    name: nameOf(urn),
    kind: kindOf(metadata.op),
    diff:
      Object.keys(detailedDiff ?? {}).length > 0 ? Object.keys(detailedDiff ?? {}).sort() : [...(diffs ?? [])].sort(),
    replaceKeys: [...(keys ?? [])].sort(),
    inputs: shown(side.inputs),
    ...(old && { before: shown(old.inputs) }),
    protect: side.protect ?? false,
    retainOnDelete: side.retainOnDelete ?? false,
    ...(id && id !== unknownText && { id }),
  };
}

/** Values of other stacks, longest first, to the names that stand for them before they exist. */
function namesOfUpstream(input: StackInput): readonly [string, string][] {
  const found = new Map<string, string>();
  // A program has these without another stack too, such as the domain: they never went by name.
  const written = JSON.stringify(input.app);
  for (const stack of stackNames) {
    for (const [path, value] of valuesByPath(input.upstream[stack] ?? {})) {
      // `https://` is what a plan makes of an address that it does not know yet.
      const ours = !/^(\w+:\/\/)?$/.test(value) && !written.includes(JSON.stringify(value));
      if (ours && !found.has(value)) found.set(value, upstreamName(stack, path));
    }
  }
  return [...found].sort(([one], [other]) => other.length - one.length);
}

/** Shorter values are replaced only where they stand alone: inside other text they may be there by chance. */
const shortest = 6;

function byName(value: Value, names: readonly [string, string][]): Value {
  if (typeof value === 'string') {
    const alone = names.find(([text]) => text === value);
    if (alone) return alone[1];
    return names.reduce((text, [from, to]) => (from.length < shortest ? text : text.replaceAll(from, to)), value);
  }
  if (Array.isArray(value)) return value.map((item) => byName(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, Value] => [
    String(byName(key, names)),
    byName(item, names),
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** sha256 over what will be done: not over ids, times, positions in code, or the order of events. */
function hashOf(changes: readonly Change[], input: StackInput): string {
  const names = namesOfUpstream(input);
  const told = changes
    .map(({ urn, kind, diff, replaceKeys, inputs, protect, retainOnDelete }) =>
      JSON.stringify([urn, kind, diff, replaceKeys, byName(inputs, names), protect, retainOnDelete]),
    )
    .sort();
  return createHash('sha256').update(told.join('\n')).digest('hex');
}

/** Whether a plan made with names is this one, once the names are values. */
export function isSamePlan(planned: StackPlan, fresh: StackPlan, input: StackInput): boolean {
  const values = stackNames.flatMap((stack) =>
    [...valuesByPath(input.upstream[stack] ?? {})].map(([path, value]): [string, string] => [
      upstreamName(stack, path),
      value,
    ]),
  );
  const resolved = planned.changes.map((change) => ({
    ...change,
    inputs: byName(change.inputs, values) as Properties,
  }));
  const bare = { ...input, upstream: {} };
  const shown = fresh.changes.map((change) => ({ ...change, inputs: byName(change.inputs, values) as Properties }));
  return hashOf(resolved, bare) === hashOf(shown, bare);
}

/** Outputs without secrets; what is not known yet is its name: `<network.vpcId>`, `<network.subnets.0>`. */
export function outputsOf(outputs: Properties, input: StackInput): Properties {
  const told = (path: string, value: Value): Value => {
    if (value === unknownText) return upstreamName(input.stack, path);
    if (Array.isArray(value)) return value.map((item, at) => told(`${path}.${at}`, item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, told(`${path}.${key}`, item)]));
  };
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([, value]) => value !== '[secret]' && !holdsSecret(value))
      .map(([key, value]) => [key, told(key, value)]),
  );
}

/** Gathers the events of a run. */
export class Gathered {
  readonly #input: StackInput;
  /** Last the engine said of each resource, components too. */
  readonly steps = new Map<string, StepEventMetadata>();
  readonly #changes = new Map<string, Change>();
  readonly counts: Partial<Record<ChangeKind, number>> = {};
  readonly errors: string[] = [];
  outputs: Properties = {};

  constructor(input: StackInput) {
    this.#input = input;
  }

  take(event: EngineEvent): void {
    const metadata = stepIn(event);
    if (metadata) this.steps.set(metadata.urn, metadata);
    if (metadata) this.#step(metadata, event.resOutputsEvent !== undefined);
    const { diagnosticEvent, summaryEvent } = event;
    if (diagnosticEvent?.severity === 'error') this.errors.push(diagnosticEvent.message.trim());
    for (const [op, count] of Object.entries(summaryEvent?.resourceChanges ?? {})) {
      const kind = kindOf(op);
      if (op !== 'create-replacement' && op !== 'delete-replaced') this.counts[kind] = (this.counts[kind] ?? 0) + count;
    }
  }

  plan(): StackPlan {
    const changes = [...this.#changes.values()];
    return { stack: this.#input.stack, changes, hash: hashOf(changes, this.#input), outputs: this.outputs };
  }

  #step(metadata: StepEventMetadata, done: boolean): void {
    const side = metadata.new ?? metadata.old;
    if (metadata.type === rootType) {
      if (done && metadata.new) this.outputs = outputsOf(metadata.new.outputs ?? {}, this.#input);
      return;
    }
    // What is no custom resource is a component; the engine leaves out what is false.
    if (side?.custom !== true) return;
    const change = changeOf(metadata, this.#input);
    const before = this.#changes.get(change.urn);
    // A replacement is told in three steps; what says most of it is the first.
    if (before?.kind === 'replace' && change.kind !== 'replace') return;
    if (before && metadata.op === 'delete-replaced') return;
    // What is taken over is then made as the program wants it: one change, with what differs.
    if (before?.kind === 'import' && (change.kind === 'update' || change.kind === 'import')) {
      this.#changes.set(change.urn, {
        ...change,
        kind: 'import',
        ...(change.diff.length === 0 && { diff: before.diff }),
      });
      return;
    }
    this.#changes.set(
      change.urn,
      before && change.diff.length === 0 ? { ...change, diff: before.diff, replaceKeys: before.replaceKeys } : change,
    );
  }
}
