/** Modules of a definition that a target makes nothing of, told before it runs. */
import type { Diagnostic } from '../errors.ts';
import { findModuleType } from '../resources/index.ts';
import type { App, OtherModule, TargetName } from './app.ts';

/** One notice for each module that was written in a service layer and has no effect on `target`; none for those that it has its own in place of. */
export function unrealised(app: App, target: TargetName): Diagnostic[] {
  return app.modules
    .filter((module) => isOfServiceLayer(app, module))
    .flatMap((module) => {
      const type = findModuleType(module.type);
      const made = type?.on[target] ?? '';
      if (type === undefined || type.ownLocally === true || !/^(nothing|not there)\b/.test(made)) return [];
      const verb = made.startsWith('nothing') ? 'makes' : 'is';
      const message = `On ${target}, \`${module.name}\` (${module.type}) ${verb} ${made}.`;
      return [{ severity: 'notice', code: 'no-effect', message, place: module.place, hints: [] }];
    });
}

/** The modules of an environment file belong to the layer that bears the environment's name, or to none of the run. */
function isOfServiceLayer(app: App, { layer }: OtherModule): boolean {
  const isOfEnvironment = app.organisation !== undefined && layer === app.environment;
  return !isOfEnvironment && app.layers.some(({ name }) => name === layer);
}
