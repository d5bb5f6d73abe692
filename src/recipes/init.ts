/** From a recipe and answers to a project on disk: what `opta init` and `opta try` share. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { System } from '../system/system.ts';
import { completeAnswers } from './questions.ts';
import { readRecipe } from './recipe.ts';
import { nextSteps, type RenderedFile, render } from './render.ts';
import { type Written, writeFiles } from './write.ts';

export interface InitOptions {
  readonly system: Pick<System, 'cwd' | 'pid'>;
  /** The folder of opta's package.json. */
  readonly packageRoot: string;
  readonly recipe: string;
  /** Where the project goes, relative to the current folder. */
  readonly directory: string;
  /** By question key; what is missing takes its default. */
  readonly answers?: Readonly<Record<string, string | undefined>>;
  /** JSON Schema of opta.yaml, which the scaffolded files name for editors. */
  readonly schema?: string;
}

export interface Initialised extends Written {
  /** Absolute. */
  readonly directory: string;
  readonly files: readonly RenderedFile[];
  /** What to do next, one sentence each. */
  readonly next: readonly string[];
}

/** Throws UserError `unknown-recipe`, `invalid-answer`, or one of writeFiles; nothing is written then. */
export async function initFromRecipe(options: InitOptions): Promise<Initialised> {
  const directory = resolve(options.system.cwd, options.directory);
  const recipe = await readRecipe(options.packageRoot, options.recipe);
  const answers = completeAnswers(recipe.questions, options.answers ?? {});
  const files = render(recipe, answers);
  const written = await writeFiles(files, directory, options.system);
  if (options.schema !== undefined) await writeSchema(directory, options.schema);
  return { directory, files, ...written, next: nextSteps(recipe, answers) };
}

/** Ours, in a folder that git ignores: replaced whenever it is older. */
export async function writeSchema(directory: string, schema: string): Promise<void> {
  await mkdir(join(directory, '.opta'), { recursive: true });
  await writeFile(join(directory, '.opta', 'schema.json'), schema);
}
