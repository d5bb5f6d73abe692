/** What the supervisor keeps running: the desired state of one program, as plain JSON. */
import type { Place } from '../../errors.ts';

export type Readiness =
  | { readonly kind: 'http'; readonly path: string }
  /** gRPC health is not assumed: an accepted HTTP/2 connection is enough. */
  | { readonly kind: 'tcp' }
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  /** A PostgreSQL answer other than "starting up". */
  | { readonly kind: 'postgres' }
  /** Running is enough, as for a worker without ports. */
  | { readonly kind: 'alive' };

export interface ProgramSpec {
  /** `<layer>/<module>`, or `opta/<part>` for our own parts. */
  readonly id: string;
  readonly kind: 'service' | 'resource' | 'cron' | 'once' | 'data-plane';
  /** argv of the program; no shell. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly directory: string;
  /** Added to the supervisor's own environment, which is the shell's at the first `up`, and to PORT and the like. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders before the supervisor's own PATH. */
  readonly path?: readonly string[];
  /** Further variables, in whose values `{replica}` becomes the replica's number. */
  readonly replicaEnv?: Readonly<Record<string, string>>;
  /** Names of variables whose values must never be shown. */
  readonly secretNames: readonly string[];
  readonly replicas: number;
  /** The main port: each replica gets a free one as PORT. Absent: no port is given. A fixed number for resources. */
  readonly port?: 'free' | number;
  /** Further ports by name, passed as `PORT_<NAME>`; each replica gets a free one. */
  readonly namedPorts?: readonly string[];
  /** The port written in the definition; a service that ignores PORT and listens there is told so. */
  readonly writtenPort?: number;
  readonly readiness: Readiness;
  /** The one of `namedPorts` that readiness is asked on; by default the one in PORT. */
  readonly probedPort?: string;
  /** Milliseconds that a replica may take until it is first ready. */
  readonly startMs: number;
  /** Sent to end it; SIGKILL to its process group after `graceMs`. */
  readonly stop: { readonly signal: NodeJS.Signals; readonly graceMs: number };
  /** Globs relative to `directory`; an edit rolls the replicas. */
  readonly watch: readonly string[];
  /** Cron expression, five fields; only for kind `cron`. */
  readonly schedule?: string;
  /** Rolls stop before they start: two replicas must not share its files. */
  readonly exclusive?: boolean;
  /** Order of stopping: higher stops first. Services 2, resources 1, data plane 0. */
  readonly rank: number;
  /** Where the definition says it, for errors. */
  readonly place?: Place;
}

export interface ReplicaStatus {
  readonly index: number;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  readonly namedPorts: Readonly<Record<string, number>>;
  readonly state: 'starting' | 'ready' | 'unready' | 'stopping' | 'ended' | 'waiting';
  readonly restarts: number;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  /** Why it is not ready, such as `exit code 1, again in 4 s`. */
  readonly why?: string;
}

export interface ProgramStatus {
  readonly id: string;
  readonly kind: ProgramSpec['kind'];
  /** Hash of the spec in force: equal hashes need no change. */
  readonly hash: string;
  readonly wanted: number;
  readonly ready: number;
  readonly replicas: readonly ReplicaStatus[];
  /** Why the newest version is not the one that serves, or not everywhere. */
  readonly why?: string;
}

/** The service that a program belongs to: a schedule's id is its service's with `#cron<n>`. */
export function serviceOf(id: string): string {
  return id.replace(/#cron\d+$/, '');
}
