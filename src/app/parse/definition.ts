/** A definition file as it was written: its kind, its parts and their places. */
import type { ModuleType } from '../../resources/module-type.ts';
import type { MapNode, Node, ScalarNode } from '../text/nodes.ts';
import type { Range, Source } from '../text/source.ts';

/** environment: has org_name. service: has environments. cluster: neither, for a cluster that exists already. */
export type DefinitionKind = 'environment' | 'service' | 'cluster';

export interface WrittenModule {
  readonly name: string;
  /** Where the name stands, or the type when there is none. */
  readonly nameRange: Range;
  readonly type: ModuleType;
  readonly writtenType: string;
  readonly typeRange: Range;
  readonly node: MapNode;
  readonly dependsOn: readonly { readonly name: string; readonly range: Range }[];
}

export interface WrittenEnvironment {
  readonly name: string;
  readonly path: string;
  readonly range: Range;
  readonly pathRange: Range;
  readonly variables: ReadonlyMap<string, Node>;
  readonly promotesFrom: string | undefined;
}

export interface InputVariable {
  readonly name: string;
  readonly range: Range;
  readonly default: Node | undefined;
}

export type ProviderName = 'aws' | 'google' | 'azurerm' | 'local';

export interface WrittenProvider {
  readonly name: ProviderName;
  readonly range: Range;
  readonly settings: ReadonlyMap<string, ScalarNode>;
}

export interface Definition {
  readonly source: Source;
  /** Absolute. */
  readonly file: string;
  readonly folder: string;
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly nameRange: Range;
  readonly organisation: string | undefined;
  readonly provider: WrittenProvider | undefined;
  readonly environments: readonly WrittenEnvironment[];
  readonly inputVariables: readonly InputVariable[];
  readonly authorization: 'links' | 'open' | undefined;
  readonly modules: readonly WrittenModule[];
}
