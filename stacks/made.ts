/** What stacks give: outputs by name, as values that may not be known yet. */
import type { Input, Output } from '@pulumi/pulumi';
import type { Id } from '../src/app/app.ts';
import type { OutputsOf } from '../src/app/stack-outputs.ts';
import type { Cloud, StackName } from '../src/app/stacks.ts';

/** Outputs of one resource, under the names that the language has for them. */
export type Values = Readonly<Record<string, Input<string>>>;

export type Made = Readonly<Record<Id, Values>>;

/** `T` with promises of its parts. */
type Given<T> = T extends string ? Input<string> : Output<T> | { readonly [K in keyof T]: Given<T[K]> };

/** What a program of a stack returns. */
export type Gives<C extends Cloud, S extends StackName> = {
  readonly [K in keyof OutputsOf<C, S>]: Given<OutputsOf<C, S>[K]>;
};
