/** What every command about a cloud environment begins with: the environment, its App, its records, its stacks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writtenRanges } from '../../app/addresses.ts';
import type { App } from '../../app/app.ts';
import { isCloud, type ListedEnvironment, listEnvironments } from '../../app/environments.ts';
import { didYouMean, listed } from '../../app/nearest.ts';
import { readApp } from '../../app/read.ts';
import { stackNames } from '../../app/stacks.ts';
import { createSecrets } from '../../engine/secrets.ts';
import { UserError } from '../../errors.ts';
import { readVersions } from '../../platform/versions.ts';
import { retainedIn } from '../../releases/promotion.ts';
import { folderDoor, openStore, type RecordDoor } from '../../releases/store.ts';
import {
  type CloudEnvironment,
  type CloudPlaces,
  cloudEnvironment,
  listedEnvironment,
  rehearsalPlaces,
} from '../../targets/cloud/environment.ts';
import type { StackDoor } from '../../targets/cloud/operation.ts';
import { keepPlacement, keptPlacement, type Placement, rangeFor, usualZones } from '../../targets/cloud/placement.ts';
import { type CloudSession, newSession } from '../../targets/cloud/session.ts';
import { rehearsalSecrets, stackSecrets } from '../../targets/cloud/stack-secrets.ts';
import { definitionOptions, given, type Invocation, projectFolder, texts } from '../invocation.ts';

export interface CloudProject {
  readonly environments: readonly ListedEnvironment[];
  readonly chosen: ListedEnvironment;
  readonly session: CloudSession;
  /** Records of another environment of the project. */
  recordsOf(name: string): RecordDoor;
  readonly version: string;
}

export const listOptions = ({ system, ...rest }: Invocation) => ({
  system,
  directory: system.cwd,
  files: texts({ system, ...rest }, 'config'),
});

/** Throws UserError `unknown-environment` or `not-a-cloud`. */
export function chooseListed(environments: readonly ListedEnvironment[], name: string): ListedEnvironment {
  const found = environments.find((one) => one.name === name);
  if (found !== undefined && isCloud(found)) return found;
  const clouds = environments.filter(isCloud).map((one) => one.name);
  if (found === undefined) {
    throw new UserError('unknown-environment', `there is no environment "${name}"`, {
      hints: [...didYouMean(name, clouds), `\`opta env list\` lists them: ${listed(clouds)}`],
    });
  }
  throw new UserError('not-a-cloud', `${name} is in no cloud: ${found.file} names no provider of one`, {
    hints: [clouds.length === 0 ? 'Write one with `opta init`.' : `The environments in a cloud are ${listed(clouds)}.`],
  });
}

/** Throws UserError `account-not-reached` without `--rehearse`: nothing must look like a promotion that is none. */
export function placesOf(invocation: Invocation, environment: string): CloudPlaces {
  if (!given(invocation, 'rehearse')) {
    throw new UserError('account-not-reached', 'opta does not reach real accounts yet: state in buckets is not built', {
      hints: ['`--rehearse` runs all of it with the built-in engine, without an account.'],
    });
  }
  return rehearsalPlaces(projectFolder(invocation), environment);
}

export function recordDoor(places: CloudPlaces): RecordDoor {
  return folderDoor(join(places.folder, 'records'));
}

/** Ranges that other environments have or write; those that cannot be read are left out. */
async function otherRanges(
  invocation: Invocation,
  environments: readonly ListedEnvironment[],
  own: string,
): Promise<Record<string, string>> {
  const others = environments.flatMap((one) => listedEnvironment(one) ?? []).filter(({ name }) => name !== own);
  const found = await Promise.all(
    others.map(
      async ({ name }) => [name, (await keptPlacement(recordDoor(placesOf(invocation, name))))?.addressRange] as const,
    ),
  );
  return Object.fromEntries(found.flatMap(([name, range]) => (range === undefined ? [] : [[name, range]])));
}

/** Chosen once, then kept: a network's addresses cannot change. */
async function placementOf(
  invocation: Invocation,
  environments: readonly ListedEnvironment[],
  app: App,
  environment: CloudEnvironment,
  records: RecordDoor,
): Promise<Placement> {
  const kept = await keptPlacement(records);
  if (kept !== undefined) return kept;
  const others = await otherRanges(invocation, environments, environment.name);
  const placement = {
    addressRange: rangeFor(writtenRanges(app), environment.name, others),
    zones: usualZones(environment),
  };
  await keepPlacement(records, placement);
  return placement;
}

export async function openProject(invocation: Invocation, name: string, door: StackDoor): Promise<CloudProject> {
  const { packageRoot, signal } = invocation;
  const environments = await listEnvironments(listOptions(invocation));
  const chosen = chooseListed(environments, name);
  const target = chosen.provider === 'google' ? 'gcp' : 'aws';
  const [app, versions] = await Promise.all([
    readApp({ ...definitionOptions(invocation, target), env: name }),
    readVersions(join(packageRoot, 'kind', 'versions.yaml')),
  ]);
  const environment = cloudEnvironment(app);
  const places = placesOf(invocation, environment.name);
  const records = recordDoor(places);
  const store = openStore(records);
  const promotions = await store.promotions();
  const hidden = createSecrets();
  const lastDestroy = promotions.findLastIndex(({ destroy, phase }) => destroy === true && phase === 'Succeeded');
  const session = newSession({
    app,
    environment,
    places,
    door,
    records,
    store,
    promotions,
    placement: await placementOf(invocation, environments, app, environment, records),
    retained: retainedIn(promotions),
    stacks: stackNames,
    existing: stackNames.filter((one) =>
      promotions.slice(lastDestroy + 1).some(({ applied }) => applied.includes(one)),
    ),
    pins: versions.pins,
    secrets: stackSecrets(app, rehearsalSecrets(places.folder), (secret) => hidden.add(secret)),
    hidden,
    signal,
  });
  const about = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const recordsOf = (other: string) => {
    const listedOne = environments.find((one) => one.name === other);
    return recordDoor(placesOf(invocation, listedOne?.ownName ?? other));
  };
  return { environments, chosen, session, recordsOf, version: about.version };
}
