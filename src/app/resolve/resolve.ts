/** Definitions to an App: every layer for its environment, checked as a whole. */
import type { App, Layer, OtherModule, Resource, Service, TargetName } from '../app.ts';
import type { Definition } from '../parse/definition.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip } from '../text/nodes.ts';
import { placeOf } from '../text/source.ts';
import type { Environment } from './environment.ts';
import { otherModuleOf, resourceOf } from './modules.ts';
import { inOrder } from './order.ts';
import type { Layers, ResolvingLayer } from './resolving.ts';
import { reportSameRoutes } from './routes.ts';
import { scopeOf } from './scope.ts';
import { serviceOf } from './service.ts';
import { variablesOf } from './variables.ts';

export interface ChosenLayer {
  readonly definition: Definition;
  readonly environment: Environment;
}

/** The App; it is whole only when `findings` has no error. */
export function resolveApp(
  chosen: readonly ChosenLayer[],
  target: TargetName,
  given: Readonly<Record<string, string>>,
  findings: Findings,
): App {
  const layers = layersOf(chosen, target, given, findings);
  const services: Service[] = [];
  const resources: Resource[] = [];
  const modules: OtherModule[] = [];
  for (const layer of layers.values()) {
    for (const module of layer.definition.modules) {
      if (module.type.kind === 'service') services.push(serviceOf(layer, layers, module));
      else if (module.type.kind === 'other') modules.push(otherModuleOf(layer, layers, module));
      else resources.push(...[resourceOf(layer, module)].filter((resource) => resource !== undefined));
    }
  }
  modules.push(...environmentModules(chosen, layers, target, given, findings));
  reportSameRoutes(
    services.flatMap((service) => service.routes),
    findings,
  );
  const environment = chosen.find((layer) => !layer.environment.implicit)?.environment ?? chosen[0]?.environment;
  return {
    environment: environment?.name ?? 'local',
    organisation: environment?.organisation,
    provider: environment?.provider?.name,
    providerSettings: Object.fromEntries(
      [...(environment?.provider?.settings ?? [])].map(([key, node]) => [key, node.text]),
    ),
    layers: [...layers.values()].map((layer) => authorized(layer, services, findings)),
    services: inOrder(services, (service) => service.id, needsOf(layers)),
    resources: inOrder(
      resources,
      (resource) => resource.id,
      () => [],
    ),
    modules,
    diagnostics: findings.list,
  };
}

function needsOf(layers: Layers): (service: Service) => string[] {
  return (service) => {
    const layer = layers.get(service.layer);
    const written = layer?.modules.get(service.name)?.dependsOn ?? [];
    return [...service.links.map((link) => link.to), ...written.map((needed) => `${service.layer}/${needed.name}`)];
  };
}

function layersOf(
  chosen: readonly ChosenLayer[],
  target: TargetName,
  given: Readonly<Record<string, string>>,
  findings: Findings,
): Layers {
  const layers = new Map<string, ResolvingLayer>();
  for (const { definition, environment } of chosen) {
    const twin = layers.get(definition.name);
    if (twin !== undefined) {
      const message = `The layer \`${clip(definition.name)}\` is there already, in ${twin.definition.file}.`;
      problem(findings, definition.source, definition.nameRange, 'duplicate-name', message, [
        'give one of them another name, or name one file with -c',
      ]);
      continue;
    }
    if (definition.kind === 'service' && definition.name !== '' && environment.definition?.name === definition.name) {
      problem(
        findings,
        definition.source,
        definition.nameRange,
        'duplicate-name',
        `A layer cannot bear the name of its environment, \`${clip(definition.name)}\`.`,
        ['rename the layer'],
      );
    }
    layers.set(definition.name, resolving(definition, environment, target, given, findings));
  }
  return layers;
}

function resolving(
  definition: Definition,
  environment: Environment,
  target: TargetName,
  given: Readonly<Record<string, string>>,
  findings: Findings,
): ResolvingLayer {
  const scope = scopeOf(
    definition,
    environment,
    target,
    variablesOf(definition, environment, given, findings),
    findings,
  );
  const layer: Layer = {
    name: definition.name,
    file: definition.file,
    folder: definition.folder,
    authorization: definition.authorization ?? 'open',
  };
  return { definition, environment, scope, target, findings, modules: scope.modules, layer };
}

/** The network and cluster modules of the environment files; their services belong to a run of their own. */
function environmentModules(
  chosen: readonly ChosenLayer[],
  layers: Layers,
  target: TargetName,
  given: Readonly<Record<string, string>>,
  findings: Findings,
): OtherModule[] {
  const modules: OtherModule[] = [];
  const seen = new Set<string>();
  for (const { definition, environment } of chosen) {
    const file = environment.definition;
    if (
      file === undefined ||
      file === definition ||
      seen.has(file.file) ||
      layers.get(file.name)?.definition.file === file.file
    )
      continue;
    seen.add(file.file);
    const own = resolving(file, { ...environment, variables: new Map() }, target, given, findings);
    for (const module of file.modules)
      if (module.type.kind === 'other') modules.push(otherModuleOf(own, layers, module));
  }
  return modules;
}

/** `links` where a service link is written, else `open` with a notice. */
function authorized(layer: ResolvingLayer, services: readonly Service[], findings: Findings): Layer {
  const { definition } = layer;
  if (definition.authorization !== undefined) return layer.layer;
  const own = services.filter((service) => service.layer === definition.name);
  if (own.some((service) => service.links.some((link) => link.kind === 'service')))
    return { ...layer.layer, authorization: 'links' };
  if (own.length > 0) {
    const message = `Every service of the environment may call layer \`${definition.name}\`, since it has no link to a service.`;
    findings.add('notice', 'open-authorization', message, placeOf(definition.source, definition.nameRange), [
      'write `authorization: open` if this is meant',
    ]);
  }
  return { ...layer.layer, authorization: 'open' };
}
