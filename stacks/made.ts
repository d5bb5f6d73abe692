/** What a stack says of each resource of the definition: by id, under the names that the language has for its outputs. */
import type { Input } from '@pulumi/pulumi';
import type { Id } from '../src/app/app.ts';

export type Values = Readonly<Record<string, Input<string>>>;

export type Made = Readonly<Record<Id, Values>>;
