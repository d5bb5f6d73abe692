/** Looks at what questions depend on: the folder, the recipes, the settings of the clouds' tools. */
import { basename } from 'node:path';
import { openFolder } from '../../recipes/detect/folder.ts';
import { type DetectedService, type Detection, detect } from '../../recipes/detect.ts';
import { readCredentials } from '../../recipes/own/credentials.ts';
import type { Context } from '../../recipes/own/project.ts';
import { listRecipes } from '../../recipes/recipe.ts';
import type { Invocation } from '../invocation.ts';

/** `said` is called with each service as it is found. */
export async function lookAround(
  { system, packageRoot }: Pick<Invocation, 'system' | 'packageRoot'>,
  directory: string,
  said?: (found: DetectedService) => void,
): Promise<Context> {
  const [detection, recipes, credentials] = await Promise.all([
    detect(openFolder(directory), said),
    listRecipes(packageRoot),
    readCredentials(system),
  ]);
  return { folder: basename(directory), detection, recipes, credentials };
}

/** One line a finding, with its reason. */
export function findingLines({ services, compose, definitions }: Detection): string[] {
  return [
    ...services.flatMap(serviceLines),
    ...(compose?.resources ?? []).map(({ name, type, why }) => `${name}: ${type} (${why})`),
    ...definitions.map((file) => `${file} is there already`),
  ];
}

export function serviceLines({
  name,
  folder,
  framework,
  start,
  runs,
  port,
  health,
  resources,
}: DetectedService): string[] {
  const line = (what: string, value: string, why: string) => `  ${what.padEnd(9)} ${value} (${why})`;
  return [
    `${name}: ${framework.value} in ${folder} (${framework.why})`,
    ...(start
      ? [line('start', runs === undefined || runs === start.value ? start.value : `${start.value}: ${runs}`, start.why)]
      : []),
    ...(port ? [line('port', String(port.value), port.why)] : []),
    ...(health ? [line('health', health.value, health.why)] : []),
    ...resources.map(({ value, why }) => line('needs', value, why)),
  ];
}
