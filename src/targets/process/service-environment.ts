/** The environment of a running service, for a command beside it. */
import type { System } from '../../system/system.ts';
import type { ProgramSpec } from './spec.ts';
import { findProgram } from './status.ts';
import type { SupervisorClient } from './supervisor/index.ts';
import { inherited } from './supervisor/instance.ts';

export interface BesideService {
  readonly id: string;
  readonly directory: string;
  /** What opta adds to the shell's own environment. */
  readonly own: Readonly<Record<string, string>>;
  /** All of it. */
  readonly whole: Readonly<Record<string, string>>;
}

/** `written` is `module` or `layer/module`. Throws UserError `unknown-service`. */
export async function besideService(system: System, client: SupervisorClient, written: string): Promise<BesideService> {
  const { id } = findProgram(await client.list(), written);
  const described = await client.describe(id);
  if (!described) throw new Error(`${id} went away while it was asked for`);
  const { spec } = described;
  const own = { ...spec.env, ...storageOfFirst(spec) };
  return { id, directory: spec.directory, own, whole: { ...inherited(system.env, spec.path), ...own } };
}

function storageOfFirst({ replicaEnv = {} }: ProgramSpec): Record<string, string> {
  return Object.fromEntries(
    Object.entries(replicaEnv).map(([name, value]) => [name, value.replaceAll('{replica}', '0')]),
  );
}
