/** What every part of a stack is given: the input, the settings of modules, and the options that hold for its resources. */
import { ComponentResource, type CustomResourceOptions, type ProviderResource } from '@pulumi/pulumi';
import type { OtherModule } from '../src/app/app.ts';
import type { StackInput, StackName } from '../src/app/stacks.ts';
import { resourceTags } from '../src/app/tags.ts';
import { upstreamText, upstreamTexts } from '../src/app/upstream.ts';
import { findModuleType } from '../src/resources/index.ts';

export interface Context {
  readonly input: StackInput;
  readonly environment: string;
  readonly production: boolean;
  readonly provider: ProviderResource;
  /** The component that the resources belong to; absent at the root of the stack. */
  readonly parent?: ComponentResource;
}

/** How a resource is guarded; nothing by default. */
export interface Guard {
  /** Pulumi refuses to delete it. */
  readonly protect?: boolean;
  /** A destroy drops it from state and leaves it in the cloud; the next promotion imports it. */
  readonly keep?: boolean;
}

class Part extends ComponentResource {
  /** Says that all of it is registered. */
  end(): void {
    this.registerOutputs({});
  }
}

/** Resources that belong together, below a component `opta:<type>`; its outputs are what `make` gives. */
export function part<C extends Context, T extends object>(
  context: C,
  type: string,
  name: string,
  make: (context: C) => T,
): T {
  const options = context.parent === undefined ? { providers: [context.provider] } : { parent: context.parent };
  const component = new Part(`opta:${type}`, name, {}, options);
  const outputs = make({ ...context, parent: component });
  component.end();
  return outputs;
}

/** Options of a resource: its parent and provider, its guard, and the id of one that an earlier destroy kept. */
export function options(context: Context, name: string, guard: Guard = {}): CustomResourceOptions {
  const { parent, provider, input } = context;
  const kept = input.retained[name];
  return {
    provider,
    ...(parent === undefined ? {} : { parent }),
    ...(guard.protect === true ? { protect: true } : {}),
    ...(guard.keep === true ? { protect: true, retainOnDelete: true } : {}),
    ...(guard.keep === true && kept !== undefined ? { import: kept } : {}),
  };
}

/** Tags or labels that name a resource, together with those of its provider. */
export function tagged({ input }: Context, name: string, more: Readonly<Record<string, string>> = {}) {
  return { ...more, ...resourceTags(input, name) };
}

/** The modules of a type, by its neutral name. */
export function modulesOf({ input }: Pick<Context, 'input'>, type: string): OtherModule[] {
  return input.app.modules.filter((module) => findModuleType(module.type)?.name === type);
}

/** The output of another stack at a path, or its name while it does not exist. */
export function from({ input }: Context, stack: StackName, path: string): string {
  return upstreamText(input, stack, path);
}

export function listFrom({ input }: Context, stack: StackName, path: string, count: number): string[] {
  return upstreamTexts(input, stack, path, count);
}
