/** The environment that a layer is resolved for. */
import type { TargetName } from '../app.ts';
import type { Definition, WrittenProvider } from '../parse/definition.ts';
import type { Node } from '../text/nodes.ts';

export interface Environment {
  /** The name in its file; `local` for the implicit one. */
  readonly name: string;
  /** Its file; absent for the implicit one and for a layer that runs as it is. */
  readonly definition: Definition | undefined;
  readonly provider: WrittenProvider | undefined;
  readonly organisation: string | undefined;
  /** Values that the layer's entry gives to variables. */
  readonly variables: ReadonlyMap<string, Node>;
  readonly implicit: boolean;
}

export function isLocal(target: TargetName): boolean {
  return target === 'process' || target === 'kind';
}

/** The target that fits a provider when none was asked for. */
export function targetOf(provider: WrittenProvider | undefined): TargetName {
  if (provider?.name === 'aws') return 'aws';
  return provider?.name === 'google' ? 'gcp' : 'process';
}
