/** What every command about a cloud environment begins with: the environment, its App, its records, its stacks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
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
import { openStore, type RecordDoor } from '../../releases/store.ts';
import { type CloudEnvironment, cloudEnvironment } from '../../targets/cloud/environment.ts';
import type { StackDoor } from '../../targets/cloud/operation.ts';
import {
  admitting,
  keepPlacement,
  keptPlacement,
  type Placement,
  rangeFor,
  rehearsedAdministrators,
  unlessMoved,
  usualZones,
} from '../../targets/cloud/placement.ts';
import { type CloudSession, newSession } from '../../targets/cloud/session.ts';
import { stackSecrets } from '../../targets/cloud/stack-secrets.ts';
import { definitionOptions, type Invocation, texts } from '../invocation.ts';
import { type Reached, reach, recordsOf } from './reach.ts';

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

export const noCloudYet = 'No environment of a cloud is written yet: `opta init env` adds one.';

/** Throws UserError `unknown-environment` or `not-a-cloud`. */
export function chooseListed(environments: readonly ListedEnvironment[], name: string): ListedEnvironment {
  const found = environments.find((one) => one.name === name);
  if (found !== undefined && isCloud(found)) return found;
  const clouds = environments.filter(isCloud).map((one) => one.name);
  if (found === undefined) {
    throw new UserError('unknown-environment', `there is no environment "${name}"`, {
      hints:
        clouds.length === 0
          ? [noCloudYet]
          : [...didYouMean(name, clouds), `\`opta env list\` lists them: ${listed(clouds)}`],
    });
  }
  throw new UserError('not-a-cloud', `${name} is in no cloud: ${found.file} names no provider of one`, {
    hints: [clouds.length === 0 ? 'Write one with `opta init`.' : `The environments in a cloud are ${listed(clouds)}.`],
  });
}

/** Ranges that other environments have or write; those that cannot be read are left out. */
async function otherRanges(
  invocation: Invocation,
  environments: readonly ListedEnvironment[],
  own: string,
): Promise<Record<string, string>> {
  const others = environments.filter((one) => isCloud(one) && one.ownName !== own);
  const found = await Promise.all(
    others.map(async (other) => {
      const kept = await keptPlacement(recordsOf(invocation, other)).catch((error: unknown) => {
        if (error instanceof UserError) return undefined;
        throw error;
      });
      return [other.ownName, kept?.addressRange] as const;
    }),
  );
  return Object.fromEntries(found.flatMap(([name, range]) => (range === undefined ? [] : [[name, range]])));
}

/** What must be known before it is said where an environment is. */
interface Known extends Admitted {
  readonly kept: Placement | undefined;
  /** Whether anything of the environment is there. */
  readonly stands: boolean;
}

type Admitted = Required<Pick<Placement, 'callers' | 'administrators'>>;

/** Those who promote now. */
async function admittedNow(environment: CloudEnvironment, reality: Reached['reality']): Promise<Admitted> {
  if (reality === undefined) return { callers: [], administrators: rehearsedAdministrators(environment) };
  const { account, identity } = reality;
  const [callers, administrators] = await Promise.all([account.callers(), account.administrators(identity)]);
  return { callers, administrators };
}

/** Chosen once, then kept: a network's addresses cannot change. Who promotes from elsewhere is let in too. */
async function placementOf(
  invocation: Invocation,
  environments: readonly ListedEnvironment[],
  app: App,
  environment: CloudEnvironment,
  { records, reality }: Reached,
  { kept, stands, callers, administrators }: Known,
): Promise<Placement> {
  const stays = kept === undefined ? undefined : unlessMoved(kept, environment, stands);
  const { account, region } = environment;
  const placement = {
    ...(stays ?? {
      addressRange: rangeFor(
        writtenRanges(app),
        environment.name,
        await otherRanges(invocation, environments, environment.name),
      ),
    }),
    zones: stays?.zones ?? (await zonesOf(environment, reality)),
    ...{ account, region },
  };
  const now = admitting(placement, callers);
  if (!isDeepStrictEqual(now, kept)) await keepPlacement(records, now);
  // Kept when a promotion begins: who only looks does not stay let in.
  return admitting(now, administrators, 'administrators');
}

/** As the cloud says; where it cannot say yet, as they usually are. */
async function zonesOf(environment: CloudEnvironment, reality: Reached['reality']): Promise<readonly string[]> {
  const found = (await reality?.account.zones()) ?? [];
  return found.length > 0 ? found : usualZones(environment);
}

/** `examine` looks at the definition before anything is asked of an account. */
export async function openProject(
  invocation: Invocation,
  name: string,
  door: StackDoor,
  examine: (app: App) => void = () => undefined,
): Promise<CloudProject> {
  const { packageRoot, signal } = invocation;
  const environments = await listEnvironments(listOptions(invocation));
  const chosen = chooseListed(environments, name);
  const target = chosen.provider === 'google' ? 'gcp' : 'aws';
  const [app, versions] = await Promise.all([
    readApp({ ...definitionOptions(invocation, target), env: name }),
    readVersions(join(packageRoot, 'kind', 'versions.yaml')),
  ]);
  const environment = cloudEnvironment(app);
  examine(app);
  const hidden = createSecrets();
  const reached = await reach(invocation, environment, hidden);
  const { places, records, secrets, reality } = reached;
  const store = openStore(records);
  const [promotions, standing, kept, admitted] = await Promise.all([
    store.promotions(),
    reality?.account.standing(),
    keptPlacement(records),
    admittedNow(environment, reality),
  ]);
  const lastDestroy = promotions.findLastIndex(({ destroy, phase }) => destroy === true && phase === 'Succeeded');
  const existing = stackNames.filter((one) =>
    promotions
      .slice(lastDestroy + 1)
      .some(({ applied, touched = [] }) => applied.includes(one) || touched.includes(one)),
  );
  const retained = retainedIn(promotions);
  const stands = existing.length > 0 || Object.keys(retained).length > 0;
  const known = { ...admitted, kept, stands };
  const placement = await placementOf(invocation, environments, app, environment, reached, known);
  const session = newSession({
    app,
    environment,
    places,
    door,
    records,
    store,
    promotions,
    placement,
    retained: { ...standing, ...retained },
    ...(reality !== undefined && { reality }),
    stacks: stackNames,
    existing,
    pins: versions.pins,
    secrets: stackSecrets(app, secrets, (secret) => hidden.add(secret)),
    hidden,
    signal,
  });
  const about = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const recordsAt = (other: string) => recordsOf(invocation, chooseListed(environments, other));
  return { environments, chosen, session, recordsOf: recordsAt, version: about.version };
}
