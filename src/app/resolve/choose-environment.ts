/** Which environment a layer is resolved for: `--env`, else the local one, else an implicit one. */
import { isAbsolute, join } from 'node:path';
import type { Diagnostic } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { didYouMean, listed } from '../nearest.ts';
import type { Definition, WrittenEnvironment } from '../parse/definition.ts';
import { existing, type Files, type ReadFile } from '../parse/files.ts';
import { fetchGitFile, isGitPath } from '../parse/git-path.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip } from '../text/nodes.ts';
import type { Environment } from './environment.ts';

export interface Choosing {
  readonly system: System;
  readonly files: Files;
  readonly findings: Findings;
  /** `--env`. */
  readonly wanted: string | undefined;
}

/** The environment; undefined after a report. */
export async function chooseEnvironment(choosing: Choosing, definition: Definition): Promise<Environment | undefined> {
  if (definition.kind === 'environment') return ownEnvironment(definition);
  const { wanted, findings } = choosing;
  if (wanted === undefined) {
    const local = await localEntry(choosing, definition);
    return local === undefined ? implicitLocal(definition) : local.environment;
  }
  const entry = definition.environments.find((environment) => environment.name === wanted);
  if (entry !== undefined) return load(choosing, definition, entry);
  if (wanted === 'local' || definition.kind === 'cluster') return implicitLocal(definition);
  const known = definition.environments.map((environment) => environment.name);
  const message = `\`${clip(definition.name)}\` has no environment \`${clip(wanted)}\`; it has ${listed([...new Set([...known, 'local'])])}.`;
  problem(findings, definition.source, definition.nameRange, 'unknown-environment', message, didYouMean(wanted, known));
  return undefined;
}

function ownEnvironment(definition: Definition): Environment {
  const { name, provider, organisation } = definition;
  return {
    name: name === '' ? 'local' : name,
    definition,
    provider,
    organisation,
    variables: new Map(),
    implicit: false,
  };
}

function implicitLocal(definition: Definition): Environment {
  return {
    name: 'local',
    definition: undefined,
    provider: undefined,
    organisation: definition.organisation,
    variables: new Map(),
    implicit: true,
  };
}

function pathOf(definition: Definition, entry: WrittenEnvironment): string {
  return isAbsolute(entry.path) ? entry.path : join(definition.folder, entry.path);
}

/**
 * The entry whose file has the provider `local`, undefined when none has. A file of which that cannot be told
 * is reported when no other is local: it may be the one. Missing files are not it.
 */
async function localEntry(
  choosing: Choosing,
  definition: Definition,
): Promise<{ readonly environment: Environment | undefined } | undefined> {
  const undecided: ReadFile[] = [];
  for (const entry of definition.environments) {
    if (isGitPath(entry.path)) continue;
    const file = await existing(pathOf(definition, entry));
    const read = file === undefined ? undefined : await choosing.files.read(file);
    if (read === undefined) continue;
    if (read.definition?.provider?.name === 'local') return { environment: await load(choosing, definition, entry) };
    if (hasNoProvider(read)) undecided.push(read);
  }
  const isFree = definition.environments.every((entry) => entry.name !== 'local');
  for (const { findings } of undecided)
    report(choosing, findings.list, isFree ? ['or run without any of the files: `--env local`'] : []);
  return undecided.length === 0 ? undefined : { environment: undefined };
}

/** Too broken to tell its provider. */
function hasNoProvider({ definition, findings }: ReadFile): boolean {
  if (findings.errors === 0) return false;
  return definition === undefined || (definition.kind === 'environment' && definition.provider === undefined);
}

/** Tells what was found in the file of an environment, once a run. */
function report({ findings }: Choosing, found: readonly Diagnostic[], hints: readonly string[] = []): void {
  for (const d of found) {
    const more = d.severity === 'error' ? hints : [];
    findings.once(keyOf(d), d.severity, d.code, d.message, d.place, [...d.hints, ...more]);
  }
}

function environmentOf(entry: WrittenEnvironment, definition: Definition): Environment {
  return { ...ownEnvironment(definition), variables: entry.variables };
}

async function load(
  choosing: Choosing,
  definition: Definition,
  entry: WrittenEnvironment,
): Promise<Environment | undefined> {
  const { findings } = choosing;
  const { source } = definition;
  const wanted = isGitPath(entry.path)
    ? await fetchGitFile(choosing.system, entry.path, findings, source, entry.pathRange)
    : pathOf(definition, entry);
  if (wanted === undefined) return undefined;
  const file = await existing(wanted);
  const read = file === undefined ? undefined : await choosing.files.read(file);
  if (read === undefined) {
    const message = `The file of environment \`${clip(entry.name)}\` is not there: ${wanted}.`;
    problem(findings, source, entry.pathRange, 'file-not-found', message, [
      `\`path\` is relative to ${definition.folder}`,
    ]);
    return undefined;
  }
  report(choosing, read.findings.list);
  if (read.definition === undefined) return undefined;
  if (read.definition.kind !== 'environment') {
    const what =
      read.definition === definition || read.definition.file === definition.file
        ? 'this file itself'
        : 'no environment file: it has no `org_name`';
    problem(
      findings,
      source,
      entry.pathRange,
      'misplaced',
      `The path of environment \`${clip(entry.name)}\` leads to ${what}.`,
      ['name the file that has `org_name` and `providers`'],
    );
    return undefined;
  }
  return environmentOf(entry, read.definition);
}

function keyOf(d: Diagnostic): string {
  return `${d.code} ${d.place?.file}:${d.place?.line}:${d.place?.column} ${d.message}`;
}
