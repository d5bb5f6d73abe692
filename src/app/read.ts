/** Files to an App: the one entry to the language for every command. */
import { InvalidInput } from '../errors.ts';
import type { System } from '../system/system.ts';
import type { App, TargetName } from './app.ts';
import { listed } from './nearest.ts';
import type { Definition } from './parse/definition.ts';
import { discover, newFiles } from './parse/files.ts';
import { chooseEnvironment } from './resolve/choose-environment.ts';
import { targetOf } from './resolve/environment.ts';
import { type ChosenLayer, resolveApp } from './resolve/resolve.ts';
import { reportUnknownVariables } from './resolve/variables.ts';
import { type Findings, newFindings } from './text/findings.ts';
import { placeOf } from './text/source.ts';

export interface ReadOptions {
  readonly system: System;
  /** `-c`; absent or empty: found in and below `directory`. */
  readonly files?: readonly string[] | undefined;
  /** `--env`. */
  readonly env?: string | undefined;
  /** `--var`. */
  readonly vars?: Readonly<Record<string, string>> | undefined;
  /** Absent: the one that fits the provider of the environment, as for `opta validate`. */
  readonly target?: TargetName | undefined;
  /** Absolute. */
  readonly directory: string;
}

/** Reads and resolves everything. Throws InvalidInput with all findings when one of them is an error. */
export async function readApp(options: ReadOptions): Promise<App> {
  const findings = newFindings();
  const chosen = await readLayers(options, findings);
  if (chosen.length === 0 || findings.errors > 0) {
    if (chosen.length > 0) tryResolve(chosen, options, findings);
    throw new InvalidInput(findings.list);
  }
  const app = resolveApp(chosen, options.target ?? targetOf(providerOf(chosen)), options.vars ?? {}, findings);
  if (findings.errors > 0) throw new InvalidInput(findings.list);
  return app;
}

/** The files that a run would read, without checking what is in them. Empty when there is none. */
export async function definitionFiles(directory: string, files: readonly string[] = []): Promise<readonly string[]> {
  return (await discover(directory, files)).files;
}

/** Names in the files that a run would read, for completion: faulty files give what could be read of them. */
export async function writtenNames(
  directory: string,
  named: readonly string[] = [],
): Promise<{ readonly environments: readonly string[]; readonly services: readonly string[] }> {
  const files = newFiles();
  const read = await Promise.all((await definitionFiles(directory, named)).map((file) => files.read(file)));
  const definitions = read.flatMap((one) => one?.definition ?? []);
  const services = definitions.flatMap(({ modules }) =>
    modules.filter(({ writtenType }) => writtenType === 'k8s-service'),
  );
  return {
    environments: [...new Set(definitions.flatMap(({ environments }) => environments.map(({ name }) => name)))],
    services: [...new Set(services.map(({ name }) => name))],
  };
}

/** Goes on after the first errors, so that the findings hold those of the next stage too. */
function tryResolve(chosen: readonly ChosenLayer[], options: ReadOptions, findings: Findings): void {
  resolveApp(chosen, options.target ?? targetOf(providerOf(chosen)), options.vars ?? {}, findings);
}

function providerOf(chosen: readonly ChosenLayer[]) {
  return chosen.find((layer) => layer.environment.provider !== undefined)?.environment.provider;
}

async function readLayers(options: ReadOptions, findings: Findings): Promise<ChosenLayer[]> {
  const { files: names, missing } = await discover(options.directory, options.files ?? []);
  for (const { code, message, place, hints } of missing) findings.add('error', code, message, place, hints);
  const files = newFiles();
  const read = await Promise.all(names.map((file) => files.read(file)));
  const chosen: ChosenLayer[] = [];
  for (const [index, result] of read.entries()) {
    if (result === undefined) {
      findings.add('error', 'file-not-found', `The file ${names[index]} is not there.`, undefined, [
        'check the path after -c',
      ]);
      continue;
    }
    for (const d of result.findings.list) findings.add(d.severity, d.code, d.message, d.place, d.hints);
    if (result.definition === undefined) continue;
    const environment = await chooseEnvironment(
      { system: options.system, files, findings, wanted: options.env },
      result.definition,
    );
    if (environment !== undefined) chosen.push({ definition: result.definition, environment });
  }
  reportMixture(chosen, findings);
  // What a layer that could not be read declares is not known.
  if (missing.length === 0 && chosen.length === names.length) {
    const environments = chosen.flatMap(({ environment }) => environment.definition ?? []);
    const definitions = [...chosen.map(({ definition }) => definition), ...environments];
    reportUnknownVariables(definitions, options.vars ?? {}, findings);
  }
  return chosen;
}

/** One run has one environment. */
function reportMixture(chosen: readonly ChosenLayer[], findings: Findings): void {
  const named = new Map<string, Definition>();
  for (const { definition, environment } of chosen) if (!environment.implicit) named.set(environment.name, definition);
  if (named.size < 2) return;
  const last = [...named.values()].at(-1) as Definition;
  const message = `The layers of this run belong to different environments: ${listed([...named.keys()])}.`;
  findings.add('error', 'ambiguous-environment', message, placeOf(last.source, last.nameRange), [
    'choose one with --env',
    'or name the files of one with -c',
  ]);
}
