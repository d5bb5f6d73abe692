/** What an environment gets once and keeps: its address range and its zones. */
import type { App } from '../../app/app.ts';
import { UserError } from '../../errors.ts';
import type { RecordDoor } from '../../releases/store.ts';
import { type CloudEnvironment, moduleOf } from './environment.ts';

export interface Placement {
  /** Such as `10.4.0.0/16`. */
  readonly addressRange: string;
  /** Three. */
  readonly zones: readonly string[];
}

const key = 'environment.json';
/** The default of the original, which every file has: it counts as not written. */
const commonDefault = '10.0.0.0/16';

export async function keptPlacement(door: RecordDoor): Promise<Placement | undefined> {
  const text = await door.read(key);
  return text === undefined ? undefined : (JSON.parse(text) as Placement);
}

export const keepPlacement = (door: RecordDoor, placement: Placement): Promise<void> =>
  door.write(key, `${JSON.stringify(placement)}\n`);

/** The range that the file says, when it says one. */
export function writtenRange(app: Pick<App, 'modules'>): string | undefined {
  const written = moduleOf(app, 'base')?.settings['total_ipv4_cidr_block'];
  return typeof written === 'string' && written !== commonDefault ? written : undefined;
}

/** Second octets that are spoken for: kind's pods (10.244) and services (10.96). */
const reserved = new Set([244, 96]);

/**
 * A written range, else the first /16 that no other environment has. `others` is by environment. Throws UserError
 * `addresses-overlap` when two files ask for the same.
 */
export function chooseRange(
  written: string | undefined,
  environment: string,
  others: Readonly<Record<string, string>>,
): string {
  if (written !== undefined) {
    const twin = Object.entries(others).find(([name, range]) => name !== environment && range === written);
    if (twin === undefined) return written;
    throw new UserError('addresses-overlap', `${environment} and ${twin[0]} both have the address range ${written}`, {
      hints: ['Give one of them another `total_ipv4_cidr_block` in its `base` module, or none: a free one is chosen.'],
    });
  }
  const taken = new Set(Object.values(others).map((range) => Number(/^10\.(\d+)\./.exec(range)?.[1])));
  for (let octet = 0; octet < 256; octet++) {
    if (!taken.has(octet) && !reserved.has(octet)) return `10.${octet}.0.0/16`;
  }
  throw new UserError('addresses-overlap', `no /16 of 10.0.0.0/8 is left for ${environment}`, {
    hints: ['Write a range of your own as `total_ipv4_cidr_block` in its `base` module.'],
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
