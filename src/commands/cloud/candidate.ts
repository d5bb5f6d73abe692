/** Which release a promotion moves: one that was named, the one that stands in the environment before, or one made now. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Service } from '../../app/app.ts';
import { UserError } from '../../errors.ts';
import { definitionHash } from '../../releases/definition.ts';
import { findRelease } from '../../releases/gates.ts';
import { standing } from '../../releases/promotion.ts';
import { type Release, type ReleaseImage, type ReleasePins, titleOf } from '../../releases/release.ts';
import { openStore } from '../../releases/store.ts';
import { isCloudRegistry } from '../../targets/cloud/cloud-registry.ts';
import { type MakeOptions, makeRelease } from '../../targets/cloud/make-release.ts';
import type { Candidate } from '../../targets/cloud/plan/release.ts';
import type { CloudSituation } from '../../targets/cloud/session.ts';
import { type Invocation, projectFolder, text } from '../invocation.ts';
import { type CloudProject, chooseListed } from './situation.ts';

const providers = { aws: '@pulumi/aws', gcp: '@pulumi/gcp' } as const;

/** Versions as they are installed: what the programs are run with. */
async function installed(packageRoot: string, name: string): Promise<string> {
  const text = await readFile(join(packageRoot, 'node_modules', ...name.split('/'), 'package.json'), 'utf8').catch(
    () => '{}',
  );
  return (JSON.parse(text) as { version?: string }).version ?? 'not installed';
}

/** Packages of npm whose plugins the stacks of an App need. */
export const providersOf = ({ environment, app }: Pick<CloudSituation, 'environment' | 'app'>): readonly string[] => [
  providers[environment.cloud],
  ...(app.resources.some(({ type }) => type === 'mongodb-atlas') ? ['@pulumi/mongodbatlas'] : []),
];

async function pinsOf({ packageRoot }: Invocation, { session, version }: CloudProject): Promise<ReleasePins> {
  const { pins } = session.situation;
  const names = providersOf(session.situation);
  const versions = await Promise.all(names.map(async (name) => [name, await installed(packageRoot, name)] as const));
  const charts = Object.entries(pins.charts).map(([name, { version: of }]) => [name, of] as const);
  return { opta: version, providers: Object.fromEntries(versions), charts: Object.fromEntries(charts) };
}

export async function candidateOf(invocation: Invocation, project: CloudProject): Promise<Candidate> {
  const { session, chosen, environments } = project;
  const { store } = session.situation;
  const from = text(invocation, 'from');
  const before = from === undefined ? chosen.before : chooseListed(environments, from).name;
  const earlier = before === undefined ? undefined : openStore(project.recordsOf(before));
  const [own, others, beforeRecords] = await Promise.all([
    store.releases(),
    earlier?.releases() ?? [],
    earlier?.promotions() ?? [],
  ]);
  const releases = [...new Map([...others, ...own].map((one) => [one.hash, one])).values()];
  const name = text(invocation, 'release');
  const reason = text(invocation, 'approveUnverified');
  const make = async () => {
    const pins = await pinsOf(invocation, project);
    const environment = session.situation.environment.name;
    return makeRelease(invocation.system, {
      app: session.situation.app,
      environment,
      pins,
      built: await builtOnKind(invocation),
      ...taggedOf(invocation, session.situation),
    });
  };
  const find = async (): Promise<Release> => {
    if (name !== undefined) return fitting(project, findRelease(releases, name, before ?? chosen.name));
    if (before === undefined) return make();
    const hash = standing(beforeRecords)?.release;
    const found = releases.find((one) => one.hash === hash);
    return found === undefined ? make() : fitting(project, found);
  };
  return { find, before, beforeRecords, releases, named: name !== undefined, reason };
}

/** What `opta dev up` on kind built and ran of the sources as they are now: those digests are what is moved. */
async function builtOnKind(invocation: Invocation): Promise<(service: Service) => Promise<ReleaseImage | undefined>> {
  const [{ kindFolder, readRecord }, { pushedImage }] = await Promise.all([
    import('../../targets/kind/folder.ts'),
    import('../../targets/kind/images.ts'),
  ]);
  const folder = kindFolder(projectFolder(invocation, 'above'));
  const record = await readRecord(folder);
  return async (service) => {
    const found = record && (await pushedImage(folder, record.ports.registry, service));
    return found && { ...found, origin: 'registry' };
  };
}

/** Of an account, not in a rehearsal: a release holds digests, whatever the definition has. */
function taggedOf({ system, signal }: Invocation, { reality }: CloudSituation): Pick<MakeOptions, 'tagged'> {
  if (reality === undefined) return {};
  return {
    async tagged(reference) {
      const { digestOfTag } = await import('../../targets/cloud/tag-digest.ts');
      const authorization = () => reality.account.inside.registry();
      return digestOfTag(system, reference, { signal, ...(isCloudRegistry(reference) && { authorization }) });
    },
  };
}

/** A release is applied with its own definition only. Throws UserError `release-differs`. */
async function fitting({ session }: CloudProject, release: Release): Promise<Release> {
  if ((await definitionHash(session.situation.app)) === release.definition) return release;
  const where =
    release.commit === undefined ? 'the sources that it was made of' : `commit ${release.commit.slice(0, 12)}`;
  throw new UserError('release-differs', `the definition here is not the one of ${titleOf(release)}`, {
    hints: [
      `Check out ${where}, and promote from there.`,
      'Or promote what is here to the first environment: that makes a new release of it.',
    ],
  });
}
