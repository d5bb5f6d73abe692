/** What opta itself asks of an account in a cloud, beside what Pulumi does there: few and plain calls. */
import type { CloudEnvironment } from '../environment.ts';
import type { QuotaNeed } from '../quotas.ts';
import type { InsideDoor } from './inside.ts';
import type { ObjectDoor } from './objects.ts';

export interface Identity {
  /** Account id or project, as the cloud says it. */
  readonly account: string;
  /** ARN, or address of the account at Google. */
  readonly who: string;
}

/** A quota that a plan needs, with what the account has of it. */
export interface QuotaRoom extends QuotaNeed {
  readonly limit: number;
  readonly used: number;
}

/** The bucket that state and records of an environment are in, encrypted with a key of its own. */
export interface StateBucket {
  readonly name: string;
  /** Everything of it is there; one whose making was broken off is not. */
  isReady(): Promise<boolean>;
  /** Key, bucket, versions, encryption, no public access: what is there already stays. `note` says what is being made. */
  make(note: (what: string) => void): Promise<void>;
  readonly objects: ObjectDoor;
}

/** Each call throws UserErrors only: `cloud-unreachable`, `cloud-refused`, and those of its own. */
export interface CloudAccount {
  /** Throws `credentials-missing`, `credentials-refused`, or `account-differs` when it is not the file's. */
  identity(): Promise<Identity>;
  /** Three zones by id, no local ones. Throws `zones-missing`. */
  zones(): Promise<readonly string[]>;
  /** What an account has once, by Pulumi name: imported instead of made. */
  standing(): Promise<Readonly<Record<string, string>>>;
  /** Those of the needs that the cloud could tell about. */
  quotas(needs: readonly QuotaNeed[]): Promise<readonly QuotaRoom[]>;
  /** Address ranges from which whoever promotes reaches the API of the cluster; none where that needs no address. */
  callers(): Promise<readonly string[]>;
  /** Whom a cluster must let in so that whoever promotes reaches what is in it; none where the project's own roles say it. */
  administrators(identity: Identity): Promise<readonly string[]>;
  readonly bucket: StateBucket;
  readonly inside: InsideDoor;
}

/** What every part of an account is given. */
export interface AccountOptions {
  readonly environment: CloudEnvironment;
  readonly bucketName: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Told each secret before anyone else sees it. */
  readonly hide: (secret: string) => void;
}
