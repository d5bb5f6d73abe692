/** Reads recipes: a folder with recipe.yaml and files/, and the shared parts that it includes. */
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parse } from 'yaml';
import { didYouMean } from '../app/nearest.ts';
import { UserError } from '../errors.ts';
import type { Question } from './questions.ts';
import type { When } from './when.ts';

/** A file that is written only for some answers, or elsewhere than where it lies. */
export interface FileRule {
  readonly from: string;
  readonly to?: string;
  /** Written once for each environment beside local. */
  readonly each?: 'environment';
  readonly when?: When;
}

interface SourceFile {
  /** Relative to files/, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

export interface Recipe {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** In the order to ask. A key may come twice with conditions that exclude each other. */
  readonly questions: readonly Question[];
  readonly rules: readonly FileRule[];
  /** What to do next, one sentence each; placeholders are filled by `nextSteps`. */
  readonly next: readonly { readonly text: string; readonly when?: When }[];
  readonly files: readonly SourceFile[];
}

/** recipe.yaml, and part.yaml with everything optional. A test holds every shipped one to this shape, so that no run pays for it. */
interface RecipeFile {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly include?: readonly string[];
  readonly questions?: readonly Question[];
  readonly files?: readonly FileRule[];
  readonly next?: Recipe['next'];
}

const recipesFolder = (packageRoot: string): string => join(packageRoot, 'recipes');

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Names of the shipped recipes, sorted. `packageRoot` is the folder of opta's package.json. */
export async function recipeNames(packageRoot: string): Promise<readonly string[]> {
  const folder = recipesFolder(packageRoot);
  const names = (await readdir(folder)).sort();
  const are = await Promise.all(names.map((name) => exists(join(folder, name, 'recipe.yaml'))));
  return names.filter((_, index) => are[index]);
}

/** Every shipped recipe, by name. */
export async function listRecipes(packageRoot: string): Promise<readonly Recipe[]> {
  return Promise.all((await recipeNames(packageRoot)).map((name) => readRecipe(packageRoot, name)));
}

/** Throws UserError `unknown-recipe`. */
export async function readRecipe(packageRoot: string, name: string): Promise<Recipe> {
  const names = await recipeNames(packageRoot);
  if (!names.includes(name)) throw unknownRecipe(name, names);
  const folder = join(recipesFolder(packageRoot), name);
  const own = await readYaml<RecipeFile>(join(folder, 'recipe.yaml'));
  const parts = await Promise.all((own.include ?? []).map((part) => readPart(packageRoot, part)));
  const files = await readFiles(join(folder, 'files'));
  return {
    name: own.name,
    title: own.title,
    description: own.description,
    questions: [...(own.questions ?? []), ...parts.flatMap((part) => part.questions)],
    rules: [...(own.files ?? []), ...parts.flatMap((part) => part.rules)],
    next: [...(own.next ?? []), ...parts.flatMap((part) => part.next)],
    files: [...files, ...parts.flatMap((part) => part.files)],
  };
}

async function readPart(
  packageRoot: string,
  name: string,
): Promise<Pick<Recipe, 'questions' | 'rules' | 'next' | 'files'>> {
  const folder = join(recipesFolder(packageRoot), name);
  const [part, files] = await Promise.all([
    readYaml<Partial<RecipeFile>>(join(folder, 'part.yaml')),
    readFiles(join(folder, 'files')),
  ]);
  return { questions: part.questions ?? [], rules: part.files ?? [], next: part.next ?? [], files };
}

function unknownRecipe(name: string, names: readonly string[]): UserError {
  return new UserError('unknown-recipe', `There is no recipe named ${name}.`, {
    hints: [...didYouMean(name, names), `Recipes: ${names.join(', ')}.`],
    exitCode: 2,
  });
}

async function readYaml<T>(file: string): Promise<T> {
  return parse(await readFile(file, 'utf8')) as T;
}

/** Someone who tries a service in place leaves these behind. */
const leftOut = new Set(['node_modules', '.opta']);

async function readFiles(folder: string): Promise<readonly SourceFile[]> {
  const found = await walk(folder);
  return Promise.all(
    found.sort().map(async (file) => {
      const [text, { mode }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
      return { path: relative(folder, file).split(sep).join('/'), text, executable: (mode & 0o100) !== 0 };
    }),
  );
}

async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const below = entries
    .filter((entry) => !leftOut.has(entry.name))
    .map((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
  return (await Promise.all(below)).flat();
}
