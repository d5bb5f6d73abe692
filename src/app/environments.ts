/** The environments that the layers of a project list, in their order, without resolving any. */
import { isAbsolute, join } from 'node:path';
import { UserError } from '../errors.ts';
import type { System } from '../system/system.ts';
import { didYouMean, listed } from './nearest.ts';
import type { Definition, ProviderName, WrittenEnvironment } from './parse/definition.ts';
import { discover, existing, type Files, newFiles } from './parse/files.ts';
import { fetchGitFile, isGitPath } from './parse/git-path.ts';
import { newFindings } from './text/findings.ts';
import { get, stringOf } from './text/nodes.ts';

export interface ListedEnvironment {
  /** As the layers call it. */
  readonly name: string;
  /** As its own file calls it: names in the cloud are made of this one. */
  readonly ownName: string;
  /** Of its file; undefined when that cannot be read, and for a cluster of your own. */
  readonly provider: ProviderName | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly organisation: string | undefined;
  /** Of its `dns` module, in small letters; undefined without one, and where other values decide it. */
  readonly domain: string | undefined;
  readonly file: string;
  /** The environment whose verified releases it takes; undefined for the first. */
  readonly before: string | undefined;
}

export interface ListOptions {
  readonly system: System;
  /** Absolute. */
  readonly directory: string;
  /** `-c`. */
  readonly files: readonly string[];
}

export const isCloud = ({ provider }: Pick<ListedEnvironment, 'provider'>): boolean =>
  provider === 'aws' || provider === 'google' || provider === 'azurerm';

/** Every environment once, in the order of the lists. Throws UserError `no-definition`; broken files are left to `readApp`. */
export async function listEnvironments(options: ListOptions): Promise<readonly ListedEnvironment[]> {
  const { files: names, missing } = await discover(options.directory, options.files);
  const [lost] = missing;
  if (lost !== undefined) throw new UserError(lost.code, lost.message, { hints: lost.hints });
  const files = newFiles();
  const definitions = (await Promise.all(names.map((name) => files.read(name)))).flatMap(
    (one) => one?.definition ?? [],
  );
  const written = definitions.flatMap((definition) => definition.environments.map((entry) => ({ definition, entry })));
  const first = new Map(written.toReversed().map((one) => [one.entry.name, one]));
  const every = [...new Set(written.map(({ entry }) => entry.name))];
  const all = await Promise.all(
    every.flatMap((name) => {
      const one = first.get(name);
      return one === undefined ? [] : [described(options, files, one.definition, one.entry)];
    }),
  );
  const own = definitions
    .filter(({ kind }) => kind === 'environment')
    .map((one) => ofDefinition(one.name, one, one.file));
  return withBefore([...all, ...own], new Map(written.map(({ entry }) => [entry.name, entry.promotesFrom])));
}

type Described = Omit<ListedEnvironment, 'before'>;

async function described(
  { system }: ListOptions,
  files: Files,
  { folder, source }: Definition,
  { name, path, pathRange }: WrittenEnvironment,
): Promise<Described> {
  const place = isAbsolute(path) ? path : join(folder, path);
  const wanted = isGitPath(path) ? await fetchGitFile(system, path, newFindings(), source, pathRange) : place;
  const file = wanted === undefined ? undefined : await existing(wanted);
  const read = file === undefined ? undefined : await files.read(file);
  return ofDefinition(name, read?.definition, file ?? path);
}

function ofDefinition(name: string, definition: Definition | undefined, file: string): Described {
  const settings = [...(definition?.provider?.settings ?? [])].map(([key, { text }]) => [key, text] as const);
  return {
    name,
    ownName: definition?.name ?? name,
    provider: definition?.provider?.name,
    settings: Object.fromEntries(settings),
    organisation: definition?.organisation,
    domain: domainOf(definition),
    file,
  };
}

function domainOf(definition: Definition | undefined): string | undefined {
  const dns = definition?.modules.find(({ type }) => type.name === 'dns');
  const written = dns === undefined ? undefined : stringOf(get(dns.node, 'domain'));
  return written === undefined || written === '' || written.includes('{')
    ? undefined
    : written.toLowerCase().replace(/\.$/, '');
}

/** Throws UserError `domain-shared` when another environment has the domain of this one: a name has one zone. */
export function refuseSharedDomain(
  { name, domain, file }: ListedEnvironment,
  environments: readonly ListedEnvironment[],
): void {
  const twin = environments.find((one) => one.file !== file && isCloud(one) && one.domain === domain);
  if (domain === undefined || twin === undefined) return;
  throw new UserError('domain-shared', `${name} (${file}) and ${twin.name} (${twin.file}) have the domain ${domain}`, {
    hints: [`Give one of them a domain of its own, such as ${name}.${domain}.`],
  });
}

/** `promotes_from`, else the cloud environment listed before. Throws UserError `unknown-environment`. */
function withBefore(
  all: readonly Described[],
  written: ReadonlyMap<string, string | undefined>,
): readonly ListedEnvironment[] {
  const clouds = all.filter(isCloud);
  return all.map((one) => {
    const from = written.get(one.name);
    if (from === undefined) return { ...one, before: isCloud(one) ? clouds[clouds.indexOf(one) - 1]?.name : undefined };
    if (from !== one.name && all.some(({ name }) => name === from)) return { ...one, before: from };
    const known = all.map(({ name }) => name).filter((name) => name !== one.name);
    throw new UserError(
      'unknown-environment',
      `\`promotes_from\` of ${one.name} names "${from}", which is not listed`,
      {
        hints: [...didYouMean(from, known), `the environments are ${listed(known)}`],
      },
    );
  });
}
