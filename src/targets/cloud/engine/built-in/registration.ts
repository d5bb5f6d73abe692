/** What a program asks for, read from the request that the SDK sends. */
import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js';
import type { Properties } from '../values.ts';

export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  readonly inputs: Properties;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly provider: string;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly secretOutputs: readonly string[];
  readonly aliases: readonly AliasRequest[];
  readonly importId: string;
  readonly deletedWith: string;
}

/** An alias is a whole URN, or what of the URN was different. */
export interface AliasRequest {
  readonly urn?: string;
  readonly name?: string;
  readonly type?: string;
  readonly parentUrn?: string;
  readonly noParent?: boolean;
}

/** Of a provider the version of its plugin is an input too: a program that asks for another one changes it. */
function inputsOf(request: RegisterResourceRequest): Properties {
  const inputs = (request.getObject()?.toJavaScript() ?? {}) as Properties;
  const version = isProviderType(request.getType()) ? request.getVersion() : '';
  return version === '' ? inputs : { ...inputs, version };
}

export function registrationOf(request: RegisterResourceRequest): Registration {
  const propertyDependencies: Record<string, readonly string[]> = {};
  for (const [key, dependencies] of request.getPropertydependenciesMap().entries()) {
    propertyDependencies[String(key)] = dependencies.getUrnsList();
  }
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: inputsOf(request),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    dependencies: request.getDependenciesList(),
    propertyDependencies,
    provider: request.getProvider(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    secretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList().map((alias) => {
      const spec = alias.getSpec();
      if (!spec) return { urn: alias.getUrn() };
      return {
        name: spec.getName(),
        type: spec.getType(),
        parentUrn: spec.getParenturn(),
        noParent: spec.getNoparent(),
      };
    }),
    importId: request.getImportid(),
    deletedWith: request.getDeletedwith(),
  };
}

export const rootType = 'pulumi:pulumi:Stack';
export const isProviderType = (type: string): boolean => type.startsWith('pulumi:providers:');
/** `aws` of `aws:ec2/vpc:Vpc`. */
export const packageOf = (type: string): string => type.split(':', 1)[0] ?? '';

const typePartOf = (urn: string): string => urn.split('::')[2] ?? '';

/** The URN of a resource: types of its parents but the stack, its own type, its name. */
export function urnOf(stack: string, project: string, type: string, name: string, parent: string): string {
  const above = parent === '' ? '' : typePartOf(parent);
  const path = above === '' || above === rootType ? type : `${above}$${type}`;
  return `urn:pulumi:${stack}::${project}::${path}::${name}`;
}
