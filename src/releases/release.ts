/** A release: immutable, what a promotion moves: image digests by service, the definition's hash, and the pins. */
import type { Id } from '../app/app.ts';
import { aliasOf } from './alias.ts';
import { hashOf } from './canonical.ts';

export interface ReleaseImage {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /**
   * registry: of an image that a registry holds. reference: written in the definition. context: computed from the build
   * context for a rehearsal, where there is no image yet.
   */
  readonly origin: 'registry' | 'reference' | 'context';
  /** Where the image is, without tag and digest; absent for `context`. */
  readonly repository?: string;
}

export interface ReleasePins {
  readonly opta: string;
  /** Version of each Pulumi provider. */
  readonly providers: Readonly<Record<string, string>>;
  /** Version of each chart. */
  readonly charts: Readonly<Record<string, string>>;
}

interface ReleaseContent {
  /** Of the service layers as they are written, the same for every environment. */
  readonly definition: string;
  readonly images: Readonly<Record<Id, ReleaseImage>>;
  readonly pins: ReleasePins;
}

export interface Release extends ReleaseContent {
  /** Twelve hex digits of the hash of everything in it. */
  readonly hash: string;
  readonly alias: string;
  /** ISO time. */
  readonly made: string;
  /** The environment that it was made for first. */
  readonly madeFor: string;
  /** Of the repository, when there is one: where the definition and the sources can be found again. */
  readonly commit?: string;
}

/** Only digests count for the hash: where an image was copied to makes no other release. */
export function newRelease(content: ReleaseContent, about: Pick<Release, 'made' | 'madeFor' | 'commit'>): Release {
  const digests = Object.fromEntries(Object.entries(content.images).map(([id, { digest }]) => [id, digest]));
  const hash = hashOf({ definition: content.definition, digests, pins: content.pins }).slice(0, 12);
  return { hash, alias: aliasOf(hash), ...about, ...content };
}

/** True for what a user may write for a release: its hash, the begin of it (4 digits at least), its alias. */
export function isNamed({ hash, alias }: Release, name: string): boolean {
  return name === alias || name === hash || (/^[0-9a-f]{4,}$/.test(name) && hash.startsWith(name));
}

/** `brave-otter (3f2a91c0d4e5)`. */
export const titleOf = ({ hash, alias }: Pick<Release, 'hash' | 'alias'>): string => `${alias} (${hash})`;
