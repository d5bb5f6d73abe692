/** Which release may go where. Pure: the records have been read already. */
import { UserError } from '../errors.ts';
import { type Promotion, standing } from './promotion.ts';
import { isNamed, type Release, titleOf } from './release.ts';

export interface GateInput {
  readonly environment: string;
  /** The environment before this one; undefined for the first. */
  readonly before: string | undefined;
  readonly beforeRecords: readonly Promotion[];
  readonly ownRecords: readonly Promotion[];
  readonly release: Release;
  /** Releases of this environment and the one before, oldest first. */
  readonly releases: readonly Release[];
  /** The release was named, by `--release`; then a hold does not stop it. */
  readonly named: boolean;
  /** `--approve-unverified`. */
  readonly reason: string | undefined;
}

/** True when a promotion of the release ended well in that environment. */
function isVerified({ hash }: Release, records: readonly Promotion[]): boolean {
  return records.some(({ release, phase, destroy }) => release === hash && phase === 'Succeeded' && destroy !== true);
}

/** The one made last. */
const newest = (releases: readonly Release[]): Release | undefined =>
  releases.toSorted((a, b) => (a.made < b.made ? -1 : a.made > b.made ? 1 : 0)).at(-1);

/**
 * The older release that an environment was rolled back to: it holds until the newest one is promoted there again.
 * Undefined when nothing holds.
 */
export function heldBy(records: readonly Promotion[], releases: readonly Release[]): Release | undefined {
  const now = standing(records);
  const current = releases.find(({ hash }) => hash === now?.release);
  if (now === undefined || current === undefined) return undefined;
  const been = new Set(records.filter(({ phase }) => phase === 'Succeeded').map(({ release }) => release));
  const known = releases.filter(({ hash }) => been.has(hash));
  return newest(known)?.hash === current.hash ? undefined : current;
}

/** Throws UserError `release-unverified` or `environment-held`. Says with what reason it let the release through. */
export function gate(input: GateInput): { readonly unverified?: string } {
  const { environment, before, release, reason } = input;
  const holder = heldBy(input.ownRecords, input.releases);
  if (holder !== undefined && !input.named) {
    throw new UserError('environment-held', `${environment} was rolled back to ${titleOf(holder)} and is held there`, {
      hints: [
        `Promote the release that you mean by its name: \`opta promote ${environment} --release ${release.alias}\`.`,
        'The hold ends when the newest release is promoted again.',
      ],
    });
  }
  if (before === undefined || isVerified(release, input.beforeRecords)) return {};
  // What ran here before was let in then; going back to it must not wait for anyone.
  if (isVerified(release, input.ownRecords)) return {};
  if (reason !== undefined && reason.trim() !== '') return { unverified: reason.trim() };
  throw new UserError('release-unverified', `${titleOf(release)} was not verified in ${before}`, {
    hints: [
      `Promote it there first: \`opta promote ${before}\`.`,
      'Or let it through with a reason that is recorded: `--approve-unverified "why"`.',
    ],
  });
}

export interface LayersInput {
  readonly environment: string;
  /** The release that stands there. */
  readonly standing: Release | undefined;
  /** Names of those that are promoted now. */
  readonly layers: readonly string[];
  /** `--waive`. */
  readonly waivers: readonly string[];
}

/**
 * An environment is made of all its layers at once, so one that stands and is not promoted with the others goes: throws
 * UserError `layer-missing` unless it is named.
 */
export function demandLayers({ environment, standing: there, layers, waivers }: LayersInput): void {
  const stand = new Set(Object.keys(there?.images ?? {}).map((id) => id.slice(0, id.indexOf('/'))));
  const lost = [...stand].filter((layer) => !layers.includes(layer) && !waivers.includes(layer));
  if (lost.length === 0) return;
  const verb = lost.length === 1 ? 'stands' : 'stand';
  throw new UserError(
    'layer-missing',
    `${lost.join(', ')} ${verb} in ${environment}, and would go: not a layer of this run`,
    {
      hints: [
        'Promote all layers of the environment together: from the folder above them, or with `-c` for each.',
        `When it is to go: ${lost.map((layer) => `--waive ${layer}`).join(' ')}.`,
      ],
      detail: [`layers of this run: ${layers.join(', ')}`],
    },
  );
}

/** Finds the release that a user named. Throws UserError `release-unknown` or `release-ambiguous`. */
export function findRelease(releases: readonly Release[], name: string, where: string): Release {
  const found = releases.filter((one) => isNamed(one, name));
  const [first] = found;
  if (first === undefined) {
    const known = releases.slice(-5).map(titleOf).reverse();
    throw new UserError('release-unknown', `there is no release "${name}" in ${where}`, {
      hints: ['`opta releases` lists them.'],
      detail: known,
    });
  }
  if (new Set(found.map(({ hash }) => hash)).size > 1) {
    throw new UserError('release-ambiguous', `"${name}" is the name of ${found.length} releases`, {
      hints: ['Name it by its hash.'],
      detail: found.map(titleOf),
    });
  }
  return first;
}
