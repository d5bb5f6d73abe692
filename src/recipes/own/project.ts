/** What the answers about one's own code come to: services, resources, and where they go. */

import type { ResourceName } from '../../resources/names.ts';
import type { Detection } from '../detect.ts';
import type { Recipe } from '../recipe.ts';

/** What a person has on this machine already; every part may be missing. */
export interface Credentials {
  readonly awsRegion?: string;
  readonly awsAccounts: readonly { readonly id: string; readonly profile: string }[];
  readonly gcpProject?: string;
  readonly gcpRegion?: string;
}

/** Everything that questions depend on beside the answers. */
export interface Context {
  /** Name of the project's folder. */
  readonly folder: string;
  readonly detection: Detection;
  readonly recipes: readonly Recipe[];
  readonly credentials: Credentials;
}

export interface OwnLink {
  readonly to: string;
  /** Names of variables by output, such as `db_url: DATABASE_URL`. */
  readonly names: Readonly<Record<string, string>>;
}

export interface OwnService {
  readonly name: string;
  /** Relative to the project, `.` for itself; absent for an image that is not built here. */
  readonly folder?: string;
  readonly image?: string;
  readonly command: string;
  /** Globs of the files whose edits start it anew. */
  readonly watch?: readonly string[];
  readonly port?: { readonly protocol: string; readonly number: number };
  readonly health: string;
  readonly publicUri: string;
  readonly links: readonly OwnLink[];
  readonly dockerfile?: string;
  /** Said in a comment above it. */
  readonly reason?: string;
  /** Fields that compose.yaml gives. */
  readonly more: Readonly<Record<string, unknown>>;
}

export interface OwnResource {
  readonly name: string;
  readonly type: ResourceName;
}

export interface OwnEnvironment {
  readonly name: string;
  /** The environment that it takes its releases from; absent for the first. */
  readonly from?: string;
  readonly size: string;
}

export interface Project {
  readonly name: string;
  readonly organisation: string;
  readonly services: readonly OwnService[];
  readonly resources: readonly OwnResource[];
  readonly cloud: 'aws' | 'gcp' | 'none';
  readonly region: string;
  /** AWS account or Google Cloud project. */
  readonly owner: string;
  readonly domain: string;
  readonly environments: readonly OwnEnvironment[];
  /** What was found and could not be carried over, one sentence each. */
  readonly leftOut: readonly string[];
}
