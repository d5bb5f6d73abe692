/** A recipe with its defaults, as `opta try` takes it. */
import { jsonSchema } from '../../app/json-schema.ts';
import { initFromRecipe } from '../../recipes/init.ts';
import type { Invocation } from '../invocation.ts';

export function scaffold(
  system: Invocation['system'],
  packageRoot: string,
  recipe: string,
  directory: string,
  answers: Readonly<Record<string, string | undefined>>,
) {
  const schema = `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;
  return initFromRecipe({ system, packageRoot, recipe, directory, answers, schema });
}
