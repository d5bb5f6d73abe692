/** What a reader of a language tells about a folder. */
import type { ResourceName } from '../../resources/names.ts';
import type { Found, Place } from './place.ts';

export interface Reading {
  /** Such as `Node.js`. */
  readonly language: string;
  /** Such as `Express`; the language again when it uses none that we know. */
  readonly framework: Found;
  /** How it is started where it is deployed. */
  readonly start?: Found;
  /** What the start command stands for, such as the text of a script. */
  readonly runs?: string;
  /** How it is started on this machine with PORT given; absent: the start command does. */
  readonly dev?: string;
  readonly port?: Found<number>;
  /** Where the framework listens when nobody says. */
  readonly usualPort?: number;
  readonly resources: readonly Uses[];
  /** web answers requests; worker does not; none is a library. */
  readonly kind: 'web' | 'worker' | 'none';
  readonly protocol?: 'http' | 'grpc';
  /** A path that answers 200 by the habit of the framework. */
  readonly health?: Found;
  /** Names of packages that it is made with; those of the same project bring what they need. */
  readonly uses?: readonly string[];
  /** Under which names `uses` of others mean it. */
  readonly packages?: readonly string[];
  /** The name that the package gives itself. */
  readonly name?: string;
}

/** A resource that the code needs, and how it is known. */
export type Uses = Found<ResourceName>;

export interface Known {
  readonly place: Place;
  readonly reading: Reading;
}

export type Reader = (place: Place) => Promise<Reading | undefined>;
