/** Where a stack of the built-in engine lives: the project's folder and a backend of plain files, laid out as Pulumi does. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { System } from '../../../../system/system.ts';

/** Said to the user, with `error: ` before it; the engine ends with 255. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

export interface Home {
  readonly system: System;
  /** Holds Pulumi.yaml and Pulumi.<stack>.yaml. */
  readonly folder: string;
  readonly project: string;
  /** Root of the state, holding `.pulumi`. */
  readonly backend: string;
  readonly cloudFolder: string;
  readonly passphrase: string | undefined;
}

export interface StackPlace {
  readonly project: string;
  readonly stack: string;
  readonly checkpoint: string;
  readonly locks: string;
  /** Pulumi.<stack>.yaml */
  readonly settings: string;
}

function backendOf(url: string | undefined): string {
  if (!url?.startsWith('file://')) {
    throw new EngineError(`the built-in engine keeps state in files only, not in '${url ?? ''}' (PULUMI_BACKEND_URL)`);
  }
  return fileURLToPath(url);
}

function passphraseOf({ env }: System): string | undefined {
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  return file ? readFileSync(file, 'utf8').trim() : env.PULUMI_CONFIG_PASSPHRASE;
}

export function homeOf(system: System): Home {
  const file = join(system.cwd, 'Pulumi.yaml');
  if (!existsSync(file)) throw new EngineError(`no Pulumi.yaml project file found in ${system.cwd}`);
  const written = parse(readFileSync(file, 'utf8')) as { name?: unknown; backend?: { url?: string } };
  const backend = backendOf(system.env.PULUMI_BACKEND_URL ?? written.backend?.url);
  return {
    system,
    folder: system.cwd,
    project: String(written.name),
    backend,
    cloudFolder: system.env.OPTA_CLOUD_FOLDER ?? join(backend, 'cloud'),
    passphrase: passphraseOf(system),
  };
}

/** `stack`, `project/stack` or `organization/project/stack`. */
export function placeOf(home: Home, written: string): StackPlace {
  const parts = written.split('/');
  const stack = parts.at(-1) ?? '';
  const project = parts.at(-2) ?? home.project;
  const state = join(home.backend, '.pulumi');
  return {
    project,
    stack,
    checkpoint: join(state, 'stacks', project, `${stack}.json`),
    locks: join(state, 'locks', 'organization', project, stack),
    settings: join(home.folder, `Pulumi.${stack}.yaml`),
  };
}

export const qualifiedName = ({ project, stack }: StackPlace): string => `organization/${project}/${stack}`;
