/** App: the layers of one environment, resolved, target-neutral, in dependency order. Plain JSON, so that it can be sent to another process. */
import type { Diagnostic, Place } from '../errors.ts';
import type { ResourceName } from '../resources/names.ts';

export type TargetName = 'process' | 'kind' | 'aws' | 'gcp';

export const targetNames = ['process', 'kind', 'aws', 'gcp'] as const satisfies readonly TargetName[];

/** `<layer>/<module>`: unique in an App. */
export type Id = string;

/** A text whose parts may be known only when a resource runs: `${{module.db.db_host}}` or a linked value. */
export type Part = string | { readonly resource: Id; readonly output: string };
export type Text = readonly Part[];

export interface App {
  /** The environment's name, `local` for the implicit one. */
  readonly environment: string;
  readonly organisation: string | undefined;
  readonly provider: 'aws' | 'google' | 'azurerm' | 'local' | undefined;
  /** Settings of the provider block, such as region and account_id. */
  readonly providerSettings: Readonly<Record<string, string>>;
  readonly layers: readonly Layer[];
  /** Services of all layers, each after everything it links to (a cycle keeps file order). */
  readonly services: readonly Service[];
  readonly resources: readonly Resource[];
  /** Modules that only a cluster or a cloud knows: k8s-base, dns, helm-chart, ... with their checked settings. */
  readonly modules: readonly OtherModule[];
  /** Warnings and notices; errors never reach an App. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Layer {
  readonly name: string;
  /** Absolute path of the file; relative paths in it are relative to its folder. */
  readonly file: string;
  readonly folder: string;
  /** Who may call a service of this layer. */
  readonly authorization: 'links' | 'open';
}

export interface Port {
  /** `main` for the one written as `port:`, else the name from `ports:`. */
  readonly name: string;
  readonly protocol: 'http' | 'grpc' | 'websocket' | 'tcp';
  /** Where the app listens in a container; on process the default of PORT's meaning only. */
  readonly port: number;
  /** 80 for http, grpc and websocket; as written for tcp. */
  readonly servicePort: number;
}

export interface Probe {
  readonly path?: string;
  readonly command?: readonly string[];
  readonly port?: number;
}

/** One address that leads to a service from outside. */
export interface Route {
  readonly service: Id;
  readonly port: string;
  /** `*` is any host. Local hosts are already `<layer>.localhost`. */
  readonly host: string;
  /** Begins with `/`, no `/` at its end but for the root. */
  readonly path: string;
  /** The prefix is taken off before the service sees the request. */
  readonly strip: boolean;
  readonly place?: Place;
}

export interface Link {
  readonly from: Id;
  readonly to: Id;
  readonly kind: 'service' | 'resource';
  readonly access: readonly string[];
  /** Variables that the caller gets, in order. For a service link `output` is `url` or `addr:<port name>`. */
  readonly variables: readonly { readonly name: string; readonly output: string }[];
  readonly place?: Place;
}

export interface Build {
  /** Absolute. */
  readonly context: string;
  /** Absolute. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
}

/** How the service runs as a process, and how edits reach a running container. */
export interface Dev {
  /** argv, or one string for the shell. Absent: detected from the folder. */
  readonly command?: string | readonly string[];
  /** Absolute folder of the code. Absent: `build.context`'s, when the image is AUTO. */
  readonly directory?: string;
  readonly install?: string | readonly string[];
  readonly watch: readonly string[];
  readonly sync: readonly { readonly from: string; readonly to: string }[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Service {
  readonly id: Id;
  readonly layer: string;
  readonly name: string;
  readonly image:
    | { readonly kind: 'build'; readonly build: Build }
    | { readonly kind: 'reference'; readonly reference: string };
  readonly ports: readonly Port[];
  readonly replicas: {
    readonly min: number;
    readonly max: number;
    readonly cpuPercent: number;
    readonly memoryPercent: number;
  };
  readonly env: readonly { readonly name: string; readonly value: Text }[];
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  readonly liveness: Probe | undefined;
  readonly readiness: Probe | undefined;
  /** Seconds that a startup probe allows. */
  readonly startupSeconds: number;
  readonly probePort: number | undefined;
  readonly stickySession: { readonly maxAgeSeconds: number } | undefined;
  /** Header or variable that picks the upstream, as written. */
  readonly consistentHash: string | undefined;
  readonly storage: readonly { readonly path: string; readonly gigabytes: number }[];
  readonly cronJobs: readonly {
    readonly schedule: string;
    readonly command: readonly string[];
    readonly args: readonly string[];
  }[];
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly resources: { readonly cpuMilli: number; readonly memoryMi: number; readonly memoryLimitMi: number };
  /** Seconds; absent means the platform's own. */
  readonly timeouts: { readonly request?: number; readonly idle?: number };
  readonly retries: { readonly attempts: number; readonly on: readonly ('5xx' | 'connect')[] } | undefined;
  readonly dev: Dev;
  /** The rest of the fields, checked, with defaults: annotations, tolerations, policies, timeout, max_history. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

export interface Resource {
  readonly id: Id;
  readonly layer: string;
  readonly name: string;
  readonly type: ResourceName;
  /** The type as written in the file, such as `aws-postgres`. */
  readonly writtenType: string;
  /** Checked, with defaults; texts may wait for other resources. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly links: readonly Link[];
  readonly place: Place;
}

export interface OtherModule {
  readonly id: Id;
  readonly layer: string;
  readonly name: string;
  /** The concrete type with the alias resolved where the provider says so, such as `aws-eks`; else the alias. */
  readonly type: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly place: Place;
}
