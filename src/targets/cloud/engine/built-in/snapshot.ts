/** The state of a stack: what Pulumi's checkpoint file holds. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { encryptedOf, inClear, type Properties, secretOf, unknownText, type Value, withSecrets } from '../values.ts';
import { EngineError, type Home, qualifiedName, type StackPlace } from './home.ts';
import type { LazyCrypter } from './secrets.ts';

/** One resource as a checkpoint holds it; the names are Pulumi's. */
export interface ResourceState {
  readonly urn: string;
  readonly custom: boolean;
  readonly delete?: boolean;
  readonly id?: string;
  readonly type: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly external?: boolean;
  readonly dependencies?: readonly string[];
  readonly provider?: string;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly additionalSecretOutputs?: readonly string[];
  readonly aliases?: readonly string[];
  readonly importID?: string;
  /** Why it is not ready although it was made: the next update goes on with it. */
  readonly initErrors?: readonly string[];
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly ignoreChanges?: readonly string[];
  readonly created?: string;
  readonly modified?: string;
}

/** Inputs in clear, when what they have from another resource is not known any more. */
export function inputsWithout(urn: string, { inputs, propertyDependencies = {} }: ResourceState): Properties {
  const known = Object.entries(inClear(inputs) as Properties);
  return Object.fromEntries(
    known.map(([key, value]) => [key, propertyDependencies[key]?.includes(urn) ? unknownText : value]),
  );
}

export interface PendingOperation {
  readonly resource: ResourceState;
  readonly type: 'creating' | 'updating' | 'deleting' | 'reading' | 'importing';
}

export interface Snapshot {
  readonly resources: readonly ResourceState[];
  readonly pending: readonly PendingOperation[];
}

interface Deployment {
  readonly manifest: { readonly time: string; readonly magic: string; readonly version: string };
  readonly secrets_providers?: { readonly type: string; readonly state?: unknown };
  readonly resources?: readonly ResourceState[];
  readonly pending_operations?: readonly PendingOperation[];
  readonly metadata: object;
}

interface CheckpointFile {
  readonly version: 3;
  readonly checkpoint: { readonly stack: string; readonly latest?: Deployment };
}

const openedState = (state: ResourceState, crypter: LazyCrypter): ResourceState => {
  const open = (value: Value): Value =>
    withSecrets(value, ({ ciphertext, value: inner }) =>
      secretOf(ciphertext === undefined ? inner : JSON.parse(crypter.decrypt(ciphertext))),
    );
  return { ...state, inputs: open(state.inputs ?? {}) as Properties, outputs: open(state.outputs ?? {}) as Properties };
};

export function stackExists(place: StackPlace): boolean {
  return existsSync(place.checkpoint);
}

/** Reads a checkpoint. Secrets come out marked and in clear. */
export function readSnapshot(place: StackPlace, crypter: LazyCrypter): Snapshot {
  if (!existsSync(place.checkpoint)) throw new EngineError(`no stack named '${place.stack}' found`);
  return snapshotOf(readDeployment(place), crypter);
}

/** What `stack export` shows and `stack import` takes. */
export function readDeployment(place: StackPlace): Deployment | undefined {
  return (JSON.parse(readFileSync(place.checkpoint, 'utf8')) as CheckpointFile).checkpoint.latest;
}

export function snapshotOf(deployment: Deployment | undefined, crypter: LazyCrypter): Snapshot {
  return {
    resources: (deployment?.resources ?? []).map((state) => openedState(state, crypter)),
    pending: (deployment?.pending_operations ?? []).map(({ resource, type }) => ({
      resource: openedState(resource, crypter),
      type,
    })),
  };
}

/** Ciphertexts of values already sealed, so that writing again changes nothing and costs nothing. */
const sealedBefore = new WeakMap<object, Value>();

function sealedState(state: ResourceState, crypter: LazyCrypter): object {
  const seal = (properties: Properties): Value => {
    const before = sealedBefore.get(properties);
    if (before !== undefined) return before;
    const sealed = withSecrets(properties, ({ value }) => encryptedOf(crypter.encrypt(JSON.stringify(value ?? null))));
    sealedBefore.set(properties, sealed);
    return sealed;
  };
  return { ...state, inputs: seal(state.inputs), outputs: seal(state.outputs) };
}

function deploymentOf(home: Home, snapshot: Snapshot, crypter: LazyCrypter): object {
  const resources = snapshot.resources.map((state) => sealedState(state, crypter));
  const pending = snapshot.pending.map(({ resource, type }) => ({ resource: sealedState(resource, crypter), type }));
  return {
    manifest: { time: new Date(home.system.clock.now()).toISOString(), magic: '', version: '' },
    ...(crypter.state && { secrets_providers: { type: 'passphrase', state: { salt: crypter.state } } }),
    ...(resources.length > 0 && { resources }),
    ...(pending.length > 0 && { pending_operations: pending }),
    metadata: {},
  };
}

/** Writes a checkpoint whole or not at all. */
export function writeSnapshot(
  home: Home,
  place: StackPlace,
  snapshot: Snapshot | undefined,
  crypter: LazyCrypter,
): void {
  const latest = snapshot && deploymentOf(home, snapshot, crypter);
  mkdirSync(dirname(place.checkpoint), { recursive: true });
  const half = `${place.checkpoint}.${home.system.pid}.tmp`;
  const file = { version: 3, checkpoint: { stack: qualifiedName(place), ...(latest && { latest }) } };
  writeFileSync(half, JSON.stringify(file, undefined, 2), { mode: 0o600 });
  renameSync(half, place.checkpoint);
}
