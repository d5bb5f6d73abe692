/** What a provider does, over the simulated clouds: the built-in engine calls it, and so does the plugin for the real one. */
import { existsSync } from 'node:fs';
import type { Clock } from '../../../../system/system.ts';
import {
  compact,
  type DifferenceKind,
  differences,
  headOf,
  holdsUnknown,
  type Properties,
  unknownText,
  withOwn,
} from '../values.ts';
import { awsBaseKinds } from './aws.ts';
import { awsDataKinds } from './aws-data.ts';
import { awsIdentityKinds } from './aws-identity.ts';
import { refuseDelete } from './deletion.ts';
import { faultOf, type Operation, readFaults, strikesOf } from './faults.ts';
import { answerOf } from './functions.ts';
import { atlasKinds, gcpKinds } from './gcp.ts';
import { type Birth, hexOf, type Kind, type Setting, text, usuallyFixed } from './kind.ts';
import { asRead } from './reading.ts';
import { Refused, type Struck, Unready } from './refused.ts';
import { CloudStore, type Thing } from './store.ts';

const kinds: Readonly<Record<string, Kind>> = {
  ...awsBaseKinds,
  ...awsIdentityKinds,
  ...awsDataKinds,
  ...gcpKinds,
  ...atlasKinds,
};

export interface Difference {
  readonly paths: ReadonlyMap<string, DifferenceKind>;
  /** Paths that only a replacement can change. */
  readonly replaces: readonly string[];
  /** The old thing stands in the way of the new one. */
  readonly deleteFirst: boolean;
}

/** Where a provider works, from its inputs; numbers and lists arrive as JSON text. */
export function settingOf(inputs: Properties): Setting {
  const ids = inputs['allowedAccountIds'];
  const listed: unknown = typeof ids === 'string' && ids.startsWith('[') ? JSON.parse(ids) : ids;
  const account = Array.isArray(listed) ? String(listed[0]) : text(inputs['project']) || '000000000000';
  return { account, region: text(inputs['region']) || 'us-east-1', tags: defaultTags(inputs) };
}

function defaultTags(inputs: Properties): Readonly<Record<string, string>> {
  const given = inputs['defaultTags'] ?? inputs['defaultLabels'];
  const read: unknown = typeof given === 'string' ? JSON.parse(given) : given;
  const inner = (read as { tags?: unknown } | undefined)?.tags ?? read;
  return (inner ?? {}) as Readonly<Record<string, string>>;
}

const nameOf = (urn: string): string => urn.split('::').at(-1) ?? urn;

export class SimulatedProvider {
  readonly #folder: string;
  readonly #store: CloudStore;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#store = new CloudStore(folder);
    this.#clock = clock;
  }

  /** What a change from `before` to `after` means. Both are in clear. */
  diff(type: string, before: Properties, after: Properties): Difference {
    const kind = kinds[type];
    const paths = differences(compact(before), compact(after));
    const fixed = (path: string): boolean => {
      const head = headOf(path);
      if (kind?.fixed?.includes(head)) return true;
      return usuallyFixed.has(head) && !kind?.free?.includes(head);
    };
    const replaces = [...paths.keys()].filter(fixed);
    const unique = kind?.unique ?? [];
    const deleteFirst = replaces.length > 0 && unique.length > 0 && !unique.some((key) => paths.has(key));
    return { paths, replaces, deleteFirst };
  }

  /** Outputs that a preview foresees. */
  foreseen(inputs: Properties, before: Properties = {}): Properties {
    return { ...before, ...inputs };
  }

  async create(urn: string, type: string, inputs: Properties, setting: Setting): Promise<Thing> {
    const after = await this.#strike('create', urn);
    const thing = this.#store.alone(() => this.#made(urn, type, inputs, setting));
    await this.#linger();
    if (after?.partly) throw new Unready(after.message, thing);
    if (after) throw new Refused(after.message);
    return thing;
  }

  async update(urn: string, type: string, id: string, inputs: Properties, setting: Setting): Promise<Properties> {
    const after = await this.#strike('update', urn);
    const outputs = this.#store.alone(() => {
      const old = this.#store.get(setting.account, type, id);
      if (!old) throw new Refused(`${type} ${id} does not exist`);
      const dropped = Object.keys(old.inputs).filter((key) => !(key in inputs));
      const kept = Object.fromEntries(Object.entries(old.outputs).filter(([key]) => !dropped.includes(key)));
      const given = Object.fromEntries(
        Object.entries(inputs).map(([key, value]) => [key, withOwn(value, old.inputs[key], old.outputs[key])]),
      );
      const thing: Thing = { ...old, inputs, outputs: { ...kept, ...given, ...marks(type, inputs, setting) } };
      this.#store.put(thing);
      return thing.outputs;
    });
    await this.#linger();
    if (after) throw new Refused(after.message);
    return outputs;
  }

  async delete(urn: string, type: string, id: string, setting: Setting): Promise<void> {
    const after = await this.#strike('delete', urn);
    this.#store.alone(() => {
      const thing = this.#store.get(setting.account, type, id);
      if (!thing) return;
      const user = this.#users(thing)[0];
      if (user) throw new Refused(`DependencyViolation: ${type} ${id} has a dependent ${user.type} ${user.id}`);
      refuseDelete(this.#store, thing);
      this.#store.delete(setting.account, type, id);
    });
    await this.#linger();
    if (after) throw new Refused(after.message);
  }

  /** `known` are the inputs that the engine has of it: none when it is imported. */
  read(type: string, id: string, setting: Setting, known: Properties = {}): Thing | undefined {
    const thing = this.#store.get(setting.account, type, id);
    return thing && asRead(thing, kinds[type], known);
  }

  /** Ids of what exists of `type` and was made from the same identifying inputs: tags, or what names it. */
  find(type: string, inputs: Properties, setting: Setting): string[] {
    const same = sameAs(type, { ...inputs, ...marks(type, inputs, setting) });
    if (same === undefined) return [];
    return this.#store
      .all(setting.account, type)
      .filter(same)
      .map(({ id }) => id);
  }

  /** Functions of a provider: those few that stacks call. */
  invoke(token: string, args: Properties, setting: Setting): Properties {
    return answerOf(token, args, setting);
  }

  close(): void {
    this.#store.close();
  }

  /** Waits and fails as `faults.json` says; the answer is what to fail with once the work is done. */
  async #strike(operation: Operation, urn: string): Promise<Struck | undefined> {
    const faults = readFaults(this.#folder);
    const count = this.#store.next(operation);
    const found = faultOf(faults, operation, count, urn);
    const fault = found?.once && this.#store.next(strikesOf(operation, urn)) > 1 ? undefined : found;
    const delay = fault?.delayMs ?? faults.delayMs ?? 0;
    if (delay > 0) await this.#clock.sleep(delay);
    while (fault?.until !== undefined && !existsSync(fault.until)) await this.#clock.sleep(20);
    if (fault === undefined || fault.when === 'never') return undefined;
    const message = `${fault.message ?? 'InternalFailure'}: ${operation} ${count} of ${nameOf(urn)} fails on purpose`;
    if (fault.when === 'before') throw new Refused(message);
    return { message, partly: fault.when === 'partly' };
  }

  async #linger(): Promise<void> {
    const { lingerMs = 0 } = readFaults(this.#folder);
    if (lingerMs > 0) await this.#clock.sleep(lingerMs);
  }

  #made(urn: string, type: string, inputs: Properties, setting: Setting): Thing {
    const kind = kinds[type];
    if (!kind) throw new Refused(`the simulated clouds do not know the type ${type}`);
    this.#refuseUnknown(type, inputs);
    this.#refuseStrays(kind, type, inputs, setting);
    this.#refuseDouble(kind, type, inputs, setting);
    const life = this.#store.next(`life of ${urn}`);
    const birth: Birth = {
      inputs,
      setting,
      name: nameOf(urn),
      digits: (length) => hexOf(`${urn} ${setting.account} ${life}`, length),
      other: (otherType, other) => this.#store.get(setting.account, otherType, text(other))?.outputs,
    };
    const id = kind.id(birth);
    if (this.#store.get(setting.account, type, id)) throw new Refused(`AlreadyExists: ${type} ${id} exists already`);
    const outputs = { ...inputs, ...kind.outputs?.({ ...birth, id }), ...marks(type, inputs, setting) };
    const thing: Thing = { account: setting.account, id, type, urn, inputs, outputs: compact(outputs) };
    this.#store.put(thing);
    return thing;
  }

  #refuseUnknown(type: string, inputs: Properties): void {
    for (const [key, value] of Object.entries(inputs)) {
      if (holdsUnknown(value)) throw new Refused(`${type}: ${key} is not known (${unknownText})`);
    }
  }

  #refuseStrays(kind: Kind, type: string, inputs: Properties, { account }: Setting): void {
    for (const [key, types] of Object.entries(kind.refers ?? {})) {
      const value = text(inputs[key]);
      if (value === '') continue;
      if (types.some((other) => this.#store.get(account, other, value))) continue;
      const found = types.some((other) => this.#store.all(account, other).some((thing) => namesOf(thing).has(value)));
      if (!found) throw new Refused(`NotFound: ${type}: ${key} '${value}' does not exist`);
    }
  }

  #refuseDouble(kind: Kind, type: string, inputs: Properties, { account }: Setting): void {
    const keys = kind.unique ?? [];
    const told = keys.filter((key) => inputs[key] !== undefined);
    if (told.length === 0) return;
    const same = (thing: Thing): boolean =>
      keys.every((key) => JSON.stringify(thing.inputs[key]) === JSON.stringify(inputs[key]));
    const double = this.#store.all(account, type).find(same);
    if (double) {
      const shared = told.map((key) => `${key} ${JSON.stringify(inputs[key])}`).join(', ');
      throw new Refused(`AlreadyExists: a ${type} with ${shared} exists already: ${double.id}`);
    }
  }

  /** Things that name this one. */
  #users(thing: Thing): Thing[] {
    const names = namesOf(thing);
    return Object.entries(kinds).flatMap(([type, { refers = {} }]) => {
      const keys = Object.keys(refers).filter((key) => refers[key]?.includes(thing.type));
      if (keys.length === 0) return [];
      return this.#store
        .all(thing.account, type)
        .filter((other) => other.id !== thing.id && keys.some((key) => names.has(text(other.inputs[key]))));
    });
  }
}

/** What another thing may call this one. */
function namesOf({ id, outputs }: Thing): ReadonlySet<string> {
  const names = [id, ...['name', 'arn', 'selfLink', 'identifier', 'keyId'].map((key) => text(outputs[key]))];
  return new Set(names.filter(Boolean));
}

/** All tags or labels of a thing: those of the provider and its own. */
function marks(type: string, inputs: Properties, setting: Setting): Properties {
  const all = (key: string): object => ({ ...setting.tags, ...(inputs[key] as object | undefined) });
  if (type.startsWith('aws:') && inputs['tags'] !== undefined) return { tagsAll: all('tags') };
  return type.startsWith('gcp:') && inputs['labels'] !== undefined ? { effectiveLabels: all('labels') } : {};
}

/** Inputs that name a thing for good, where neither tags nor anything else tells it from others. */
const naming = ['name', 'accountId', 'region', 'location', 'zone'];

/** Whether a thing is the one that these inputs are of: by all its tags when it has some, else by what must be unique of it. */
function sameAs(type: string, inputs: Properties): ((thing: Thing) => boolean) | undefined {
  const tags = tagsIn(inputs);
  if (tags !== undefined) return ({ outputs }) => tagsIn(outputs) === tags;
  const keys = kinds[type]?.unique ?? kinds[type]?.identity ?? naming;
  // What is not known yet may be anybody's.
  if (keys.some((key) => holdsUnknown(inputs[key])) || keys.every((key) => inputs[key] === undefined)) return undefined;
  return (thing) => keys.every((key) => JSON.stringify(thing.inputs[key]) === JSON.stringify(inputs[key]));
}

function tagsIn(values: Properties): string | undefined {
  const tags = values['tagsAll'] ?? values['effectiveLabels'];
  if (typeof tags !== 'object' || tags === null || Object.keys(tags).length === 0) return undefined;
  return JSON.stringify(Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1)));
}
