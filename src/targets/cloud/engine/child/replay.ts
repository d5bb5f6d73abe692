/** A program that registers what the state of a stack holds, whatever the definition says by now, with some guards lowered. */
import {
  ComponentResource,
  CustomResource,
  type CustomResourceOptions,
  output,
  ProviderResource,
  type Resource,
  secret,
} from '@pulumi/pulumi';
import type { PulumiFn } from '@pulumi/pulumi/automation/index.js';
import { isGuarded, unguarded } from '../../guards.ts';
import { isRecord, type Properties, plainSecretOf, type Value } from '../values.ts';
import { nameOf, rootType } from './plan.ts';
import type { Workspace } from './workspace.ts';

/** As `pulumi stack export` tells of a resource. */
interface Kept {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly external?: boolean;
  /** Only waits to be deleted: another has its URN. */
  readonly delete?: boolean;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  readonly parent?: string;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly additionalSecretOutputs?: readonly string[];
  readonly ignoreChanges?: readonly string[];
  /** Seconds. */
  readonly customTimeouts?: Readonly<Partial<Record<'create' | 'update' | 'delete', number>>>;
}

interface Replay {
  readonly program: PulumiFn;
  /** URNs of what it changes: an update with it must have no other target. */
  readonly targets: readonly string[];
}

/** A value of the state as a program writes it. */
function written(value: Value): Value {
  const hidden = plainSecretOf(value);
  if (hidden) return secret(hidden.value);
  if (Array.isArray(value)) return value.map(written);
  if (!isRecord(value)) return value;
  // What begins so is of the engine and of the provider, which put it there again.
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('__'));
  return Object.fromEntries(entries.map(([key, item]) => [key, written(item)]));
}

class Component extends ComponentResource {}
class Custom extends CustomResource {}
class Provider extends ProviderResource {}

class Cast {
  readonly #made = new Map<string, Resource>();

  register(kept: Kept, inputs: Properties): void {
    const { urn, type, parent } = kept;
    const above = parent === undefined ? undefined : this.#made.get(parent);
    const options = { ...(above && { parent: above }), protect: kept.protect === true };
    if (kept.custom !== true) {
      this.#made.set(urn, new Component(type, nameOf(urn), {}, options));
    } else if (type.startsWith('pulumi:providers:')) {
      // The engine wrote the version there: it comes from the option.
      const { version, ...own } = inputs;
      const given = { ...options, ...(typeof version === 'string' && { version }) };
      const properties = written(own) as Properties;
      this.#made.set(urn, new Provider(type.slice('pulumi:providers:'.length), nameOf(urn), properties, given));
    } else {
      const more = { ...options, ...this.#optionsOf(kept) };
      this.#made.set(urn, new Custom(type, nameOf(urn), this.#properties(kept, inputs), more));
    }
  }

  #optionsOf(kept: Kept): CustomResourceOptions {
    const { provider = '', dependencies = [], customTimeouts: times = {} } = kept;
    const by = this.#made.get(provider.split('::').slice(0, -1).join('::'));
    const seconds = Object.entries(times).map(([key, value]) => [key, `${value}s`]);
    return {
      ...(by && { provider: by as ProviderResource }),
      dependsOn: this.#those(dependencies),
      retainOnDelete: kept.retainOnDelete === true,
      additionalSecretOutputs: [...(kept.additionalSecretOutputs ?? [])],
      ignoreChanges: [...(kept.ignoreChanges ?? [])],
      ...(seconds.length > 0 && { customTimeouts: Object.fromEntries(seconds) }),
      ...(kept.deletedWith && { deletedWith: this.#made.get(kept.deletedWith) }),
    } as CustomResourceOptions;
  }

  /** Each property depends on what it depended on: the order of a destroy follows from it. */
  #properties({ propertyDependencies = {} }: Kept, inputs: Properties): Properties {
    return Object.fromEntries(
      Object.entries(written(inputs) as Properties).map(([key, value]) => {
        const urns = this.#those(propertyDependencies[key] ?? []).map((one) => one.urn);
        return [key, urns.length === 0 ? value : output(urns).apply(() => value)];
      }),
    );
  }

  #those(urns: readonly string[]): Resource[] {
    return urns.flatMap((urn) => this.#made.get(urn) ?? []);
  }
}

interface Wanted {
  /** What is to go. */
  readonly urns: readonly string[];
  /** Kept things that are to go all the same. */
  readonly released?: readonly string[];
  /** Of the wall clock. */
  readonly now: number;
}

/** All of the state, and what is wanted of it that the cloud would not let go, with what lets it. */
export async function replayOf(
  { pulumi }: Pick<Workspace, 'pulumi'>,
  { urns, released = [], now }: Wanted,
): Promise<Replay> {
  const exported = JSON.parse(await pulumi(['stack', 'export', '--show-secrets'])) as {
    readonly deployment?: { readonly resources?: readonly Kept[] };
  };
  const all = exported.deployment?.resources?.filter((one) => one.delete !== true && one.external !== true) ?? [];
  const targets = all
    .filter((one) => urns.includes(one.urn) && (one.retainOnDelete !== true || released.includes(one.urn)))
    .filter(({ type, inputs = {}, retainOnDelete }) => retainOnDelete === true || isGuarded(type, inputs))
    .map(({ urn }) => urn);
  const program: PulumiFn = async () => {
    const cast = new Cast();
    for (const kept of all) {
      const { urn, type, inputs = {} } = kept;
      if (type === rootType) continue;
      if (targets.includes(urn)) cast.register({ ...kept, retainOnDelete: false }, unguarded(type, inputs, now));
      else cast.register(kept, inputs);
    }
    return written(all.find(({ type }) => type === rootType)?.outputs ?? {}) as Record<string, unknown>;
  };
  return { program, targets };
}
