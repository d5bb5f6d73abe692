/** What an environment gets once and keeps: where it is, its address range and its zones. */
import { chooseRange, overlaps, parseRange, rangeText } from '../../app/addresses.ts';
import { UserError } from '../../errors.ts';
import type { RecordDoor } from '../../releases/store.ts';
import type { CloudEnvironment } from './environment.ts';

export interface Placement {
  /** Such as `10.4.0.0/16`. */
  readonly addressRange: string;
  /** Three. */
  readonly zones: readonly string[];
  /** Where it was made; absent in records of before these were kept. */
  readonly region?: string;
  /** Account or project. */
  readonly account?: string;
  /** From where the API of the cluster is reached: those who promoted last. */
  readonly callers?: readonly string[];
  /** Whom the cluster lets in besides those in the file: those who promoted last. AWS only. */
  readonly administrators?: readonly string[];
}

const key = 'environment.json';

export async function keptPlacement(door: RecordDoor): Promise<Placement | undefined> {
  const text = await door.read(key);
  return text === undefined ? undefined : (JSON.parse(text) as Placement);
}

export const keepPlacement = (door: RecordDoor, placement: Placement): Promise<void> =>
  door.write(key, `${JSON.stringify(placement)}\n`);

/** Where the file says that it is and the records do not: `region eu-west-1, and not eu-central-1`. Empty when both agree. */
function movedFrom(placement: Placement, environment: CloudEnvironment): readonly string[] {
  return (['account', 'region'] as const).flatMap((key) => {
    const before = placement[key];
    const word = key === 'account' && environment.cloud === 'gcp' ? 'project' : key;
    return before === undefined || before === environment[key]
      ? []
      : [`${word} ${before}, and not ${environment[key]}`];
  });
}

/**
 * What is kept of where an environment is: none of its zones when it may move, as nothing stands there. Throws UserError
 * `environment-moved` when something does.
 */
export function unlessMoved(
  placement: Placement,
  environment: CloudEnvironment,
  stands: boolean,
): Pick<Placement, 'addressRange'> & Partial<Placement> {
  const moved = movedFrom(placement, environment);
  if (moved.length === 0) return placement;
  const { addressRange, callers } = placement;
  if (!stands) return { addressRange, ...(callers !== undefined && { callers }) };
  throw new UserError('environment-moved', `what stands of ${environment.name} is in ${moved.join(' and in ')}`, {
    hints: [
      'Set it back in the file of the environment: what stands does not move.',
      'To move, give the new place an environment with a name of its own, and destroy this one when it is empty.',
    ],
  });
}

/** How many people and runners stay let in. */
const mostAdmitted = 5;

/** With those who promote now let in too: by their address, or as who they are. The same when they are already. */
export function admitting(
  placement: Placement,
  now: readonly string[],
  as: 'callers' | 'administrators' = 'callers',
): Placement {
  const known = placement[as] ?? [];
  const fresh = now.filter((one) => !known.includes(one));
  return fresh.length === 0 ? placement : { ...placement, [as]: [...known, ...fresh].slice(-mostAdmitted) };
}

/** Stands for whoever would promote: a rehearsal asks nobody who that is. */
export const rehearsedAdministrators = ({ cloud, account }: CloudEnvironment): readonly string[] =>
  cloud === 'aws' ? [`arn:aws:iam::${account}:role/whoever-promotes`] : [];

/**
 * The range that the file writes, else the first /16 that no other environment has. `others` is by environment. Throws
 * UserError `addresses-overlap` when two files ask for the same addresses.
 */
export function rangeFor(
  written: readonly string[],
  environment: string,
  others: Readonly<Record<string, string>>,
): string {
  for (const range of written) {
    const twin = Object.entries(others).find(([, other]) => overlaps(parseRange(range), parseRange(other)));
    if (twin === undefined) continue;
    throw new UserError(
      'addresses-overlap',
      `${environment} has ${range}, and ${twin[0]} has ${twin[1]}: they overlap`,
      {
        hints: ['Give one of them another range in its `base` module, or none: a free one is chosen.'],
      },
    );
  }
  const chosen = written[0] ?? chooseRange(Object.values(others));
  if (chosen !== undefined) return rangeText(parseRange(chosen.replace(/\/\d+$/, '/16')));
  throw new UserError('addresses-overlap', `no /16 of 10.0.0.0/8 is left for ${environment}`, {
    hints: ['Write a range of your own in its `base` module.'],
  });
}

/** `us-east-1` is `use1` in the ids of its zones, `ap-southeast-2` is `apse2`. */
function awsShort(region: string): string {
  const parts = region.split('-');
  const letters = (parts.at(-2) ?? '').replace(/north|south|east|west|central/g, (word) => word[0] ?? '');
  const before = parts.slice(0, -2).map((one) => (one === 'gov' ? 'g' : one));
  return `${before.join('')}${letters}${parts.at(-1) ?? ''}`;
}

/** Regions of Google whose zones are not a, b, c. */
const googleZones: Readonly<Record<string, string>> = { 'us-east1': 'bcd', 'europe-west1': 'bcd' };

/** Three zones of a region as they are in most accounts: for rehearsals, and where the cloud was not asked. */
export function usualZones({ cloud, region }: Pick<CloudEnvironment, 'cloud' | 'region'>): readonly string[] {
  if (cloud === 'aws') return [1, 2, 3].map((number) => `${awsShort(region)}-az${number}`);
  return [...(googleZones[region] ?? 'abc')].map((letter) => `${region}-${letter}`);
}
