/** What the process that holds Pulumi is asked, and what it answers: one child a stack, one line of JSON a message. */
import type { StackInput, StackName, StackOutputs } from '../../app/stacks.ts';

/** Where the state is, and which engine reads it. */
export interface Backend {
  /** `file:///…`, `s3://…`, `gs://…`, or Pulumi Cloud's address. */
  readonly url: string;
  /** `awskms://…`, `gcpkms://…`, or `passphrase` (rehearsals; the phrase comes through the environment of the child). */
  readonly secretsProvider: string;
  /** Pulumi's project and stack: `opta-<layer>-<stack>` and the environment's name. */
  readonly project: string;
  readonly stack: string;
  /** Stable, so that a passphrase's salt and stack settings are never lost with a temporary folder. */
  readonly workFolder: string;
}

/** The real `pulumi` of PATH, or ours with simulated clouds. */
export type EngineChoice =
  | { readonly kind: 'real'; readonly command: string }
  | { readonly kind: 'built-in'; readonly cloudFolder: string };

export interface OpenStack {
  readonly backend: Backend;
  readonly engine: EngineChoice;
  readonly input: StackInput;
  /** Stack configuration that must stay secret in state; sent over the child's stdin, never argv or a file in clear. */
  readonly secrets: Readonly<Record<string, string>>;
}

export type ChangeKind = 'create' | 'update' | 'replace' | 'delete' | 'same' | 'read' | 'import' | 'refresh';

/** One resource of a plan. Values that Pulumi marks secret are `[secret]`. */
export interface Change {
  readonly stack: StackName;
  readonly urn: string;
  /** Pulumi's type token, such as `aws:ec2/vpc:Vpc`. */
  readonly type: string;
  readonly name: string;
  readonly kind: ChangeKind;
  /** Property paths that differ. */
  readonly diff: readonly string[];
  /** Property paths that force a replacement. */
  readonly replaceKeys: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Cloud id, when it has one. */
  readonly id?: string;
}

export interface StackPlan {
  readonly stack: StackName;
  readonly changes: readonly Change[];
  /** sha256 over what matters, values of other stacks by name: equal before and after those stacks exist. */
  readonly hash: string;
  /** Outputs as far as a preview knows them. */
  readonly outputs: StackOutputs;
  /** A run was cut off in this stack: what it left must be settled before anything is done. */
  readonly unsettled?: true;
}

export type StackEvent =
  | {
      readonly type: 'resource';
      readonly urn: string;
      readonly kind: ChangeKind;
      readonly state: 'begun' | 'done' | 'failed';
    }
  | {
      readonly type: 'note';
      readonly severity: 'info' | 'warning' | 'error';
      readonly urn?: string;
      readonly message: string;
    };

export interface StackResult {
  readonly outcome: 'done' | 'unchanged' | 'failed' | 'cancelled' | 'locked';
  readonly outputs: StackOutputs;
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>;
  /** For failed: what the engine and provider said, redacted. */
  readonly message?: string;
  /** Resource under way when it was cut off. */
  readonly pending: readonly string[];
}

/** A stack held open in its child: the SDK is loaded once for preview, second preview and up. */
export interface StackHandle {
  /** `refresh`: what changed in the cloud behind our back, as `refresh` (with `diff`), `delete` or `same`. */
  preview(options?: { readonly refresh?: boolean; readonly destroy?: boolean }): Promise<StackPlan>;
  /**
   * Refuses with UserError `plan-changed` when the plan of that moment has another hash. With `planned`, the plan that
   * has that hash, the two are compared with the values of other stacks in the place of their names: that is exact, while
   * two hashes differ when two values of other stacks turn out to be equal. `waived`: URNs that may be replaced or deleted
   * although they are protected; the cloud's own guards of these are lowered first.
   */
  up(options: {
    readonly expectHash?: string;
    readonly planned?: StackPlan;
    readonly waived?: readonly string[];
  }): Promise<StackResult>;
  /** Lowers what keeps the cloud itself from deleting these, as `guards.ts` knows it; everything else stays as it is. */
  unguard(options: { readonly urns: readonly string[] }): Promise<StackResult>;
  destroy(options: { readonly unprotect: boolean }): Promise<StackResult>;
  refresh(): Promise<StackResult>;
  /** Settles what a killed run left: ends our plugins, looks up by tags, adopts, forgets (cloud.md's failure table). */
  settle(): Promise<{
    readonly adopted: readonly string[];
    readonly forgotten: readonly string[];
    /** What is not in the state and could not be looked for, with the place where a person can. */
    readonly unseen: readonly { readonly urn: string; readonly where: string }[];
  }>;
  outputs(): Promise<StackOutputs>;
  close(): Promise<void>;
}

/** Implemented by engine/open.ts: starts the child in a process group of its own with files for stdio. */
export interface StackDoor {
  open(
    stack: OpenStack,
    options: { readonly emit: (event: StackEvent) => void; readonly signal: AbortSignal },
  ): Promise<StackHandle>;
}
