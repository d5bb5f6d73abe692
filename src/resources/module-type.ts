/** What is known of a type of module: its names, fields, outputs, links, and what each target makes of it. */
import type { Fields, Where } from './field.ts';
import type { ResourceName } from './names.ts';

export type Provider = 'aws' | 'google' | 'azurerm' | 'local';

export interface LinkRules {
  /** Outputs that a linking service gets as variables `<module>_<output>`, in order. */
  readonly variables: readonly string[];
  /** Variables that only local targets give, such as an endpoint. */
  readonly localVariables?: readonly string[];
  /** Kinds of access that may be written; none for databases, whose user and password are the access. */
  readonly access: readonly string[];
  readonly defaultAccess: readonly string[];
}

export interface ModuleType {
  /** The neutral name, or the only one. */
  readonly name: string;
  /** Concrete names by provider; each loads too. */
  readonly concrete: Readonly<Partial<Record<Provider, string>>>;
  /** Further spellings that load. */
  readonly also?: readonly string[];
  readonly kind: 'service' | 'resource' | 'other';
  readonly resource?: ResourceName;
  readonly doc: string;
  readonly fields: Fields;
  /** Outputs by name with what they are. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Any output may be asked for, as for Terraform code of the user's own. */
  readonly openOutputs?: boolean;
  readonly link?: LinkRules;
  /** At most one in a layer. */
  readonly unique?: boolean;
  /** Part of the network and the cluster: belongs into an environment file. */
  readonly environment?: boolean;
  /** Local targets have something of their own in its place, so that nothing is missed there. */
  readonly ownLocally?: boolean;
  /** What each target makes of it, one line each; `nothing: <why>` where it has no effect. */
  readonly on: Readonly<Record<Where, string>>;
}

export function moduleType(type: ModuleType): ModuleType {
  return type;
}

/** For modules that stand for something in a cloud which has no local counterpart. */
export const onlyInCloud = 'nothing: it exists only in a cloud; its outputs are stand-ins';

/** What two clouds make of it, and one phrase for what both local targets do. */
export function onClouds(awsText: string, gcpText: string, local: string): ModuleType['on'] {
  return { process: local, kind: local, aws: awsText, gcp: gcpText };
}
