/** Stacks: what an environment is made of in a cloud, and what each program is given. Plain JSON, sent to another process. */
import type { App } from './app.ts';
import type { NodeGroupPlan } from './nodes-of-cluster.ts';

export type Cloud = 'aws' | 'gcp';

/** In the order of a first promotion; data and cluster need only the network and may go side by side. */
export const stackNames = ['network', 'data', 'cluster', 'identities', 'edge'] as const;
export type StackName = (typeof stackNames)[number];

/** Which stacks' outputs a stack reads. The order of applying follows from it, that of destroying is its reverse. */
export const stackNeeds: Readonly<Record<StackName, readonly StackName[]>> = {
  network: [],
  data: ['network'],
  cluster: ['network'],
  identities: ['network', 'data', 'cluster'],
  edge: ['network', 'cluster'],
};

/** Outputs of one stack by name: text, numbers, lists of text. Secret ones are not here: see `StackInput.secrets`. */
export type StackOutputs = Readonly<Record<string, unknown>>;

export interface StackInput {
  readonly cloud: Cloud;
  readonly stack: StackName;
  /** Resolved for the environment; its modules carry what base, k8s-cluster, k8s-base and dns say. */
  readonly app: App;
  /** The first two octets' /16 that this environment has, such as `10.4.0.0/16`; written ranges win over it. */
  readonly addressRange: string;
  /** Three zones by id, such as `use1-az1`, or names in GCP; chosen once and kept. */
  readonly zones: readonly string[];
  /**
   * Outputs of the stacks this one needs. Before they exist a value is its name between angle brackets,
   * `<network.vpcId>`, so that a plan made early hashes the same afterwards.
   */
  readonly upstream: Readonly<Partial<Record<StackName, StackOutputs>>>;
  /**
   * Ids of resources that are there already, by Pulumi name: they are imported instead of made. Those that an earlier
   * destroy kept on purpose, and `autoscaling-role` (its ARN) in an account of AWS that has the service-linked role of
   * Auto Scaling: an account has it once, so preflight looks it up before the first plan.
   */
  readonly retained: Readonly<Record<string, string>>;
  /** Environment of production kind: deletion protection, several zones, one NAT a zone. Decided once, by the name. */
  readonly production: boolean;
  /** ARNs that administer the cluster besides those in the file: those who promoted last. */
  readonly administrators?: readonly string[];
  /** Ranges from which the API of the cluster is reached besides the network itself: of who promotes. */
  readonly callers?: readonly string[];
  /** Groups of an earlier promotion (output `nodeGroups` of `cluster`) that stay until their nodes are drained. */
  readonly keptNodeGroups?: readonly NodeGroupPlan[];
}

/**
 * A program registers the resources of its stack and gives its outputs by name. It gets secrets only through Pulumi's
 * secret configuration (namespace `opta`), never through its input.
 */
export type StackProgram = (input: StackInput) => Promise<Record<string, unknown>>;
