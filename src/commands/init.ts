/** `opta init --recipe NAME --yes`: a project from a recipe, without questions; nothing that is there is overwritten. */
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { jsonSchema } from '../app/json-schema.ts';
import { UserError } from '../errors.ts';
import { type Initialised, initFromRecipe } from '../recipes/init.ts';
import { completeAnswers } from '../recipes/questions.ts';
import { listRecipes, readRecipe } from '../recipes/recipe.ts';
import { render } from '../recipes/render.ts';
import { type ExitCode, given, type Invocation, text } from './invocation.ts';

const answerFlags = ['name', 'org', 'cloud', 'region', 'account', 'project', 'domain'] as const;

export async function init(invocation: Invocation): Promise<ExitCode> {
  const { system, packageRoot } = invocation;
  const recipe = await recipeOf(invocation);
  const answers = await answersOf(invocation);
  if (given(invocation, 'print')) return print(invocation, recipe, answers);
  const directory = text(invocation, 'dir') ?? '.';
  const made = await scaffold(system, packageRoot, recipe, directory, answers);
  system.stdout.write(
    given(invocation, 'json')
      ? `${JSON.stringify({ ...made, files: made.files.map(({ path }) => path) }, undefined, 2)}\n`
      : told(made, system.cwd),
  );
  return 0;
}

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

/** The wizard, which asks for what is missing, comes later: until then both are needed. */
async function recipeOf(invocation: Invocation): Promise<string> {
  const recipe = text(invocation, 'recipe');
  if (recipe !== undefined && given(invocation, 'yes')) return recipe;
  const recipes = (await listRecipes(invocation.packageRoot)).map(({ name, title }) => `${name} (${title})`);
  throw new UserError('not-implemented', 'the wizard that asks is not there yet', {
    hints: [
      'Name a recipe and take the defaults: `opta init --recipe shop --yes`; flags change single answers.',
      `There is: ${recipes.join(', ')}.`,
    ],
    exitCode: 2,
  });
}

/** Flags beat the answers file. */
async function answersOf(invocation: Invocation): Promise<Record<string, string | undefined>> {
  const flags = Object.fromEntries(
    answerFlags.map((name) => [name, text(invocation, name)]).filter(([, value]) => value !== undefined),
  );
  const file = text(invocation, 'answers');
  if (file === undefined) return flags;
  return { ...(await readAnswers(resolve(invocation.system.cwd, file))), ...flags };
}

async function readAnswers(file: string): Promise<Record<string, string>> {
  const wrong = (why: string, cause?: unknown) =>
    new UserError('bad-value', `--answers cannot be read from ${file}: ${why}`, {
      hints: ['It is a map in YAML or JSON, such as `name: shop`.'],
      cause,
      exitCode: 2,
    });
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw wrong(error.code ?? error.message, error);
  });
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw wrong(problem.message.split('\n')[0] ?? problem.code, problem);
  const read: unknown = document.toJS();
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw wrong('it is not a map');
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, String(value)]));
}

async function print(
  { system, packageRoot }: Invocation,
  name: string,
  given: Record<string, string | undefined>,
): Promise<ExitCode> {
  const recipe = await readRecipe(packageRoot, name);
  for (const { path, text: body } of render(recipe, completeAnswers(recipe.questions, given)))
    system.stdout.write(`==> ${path} <==\n${body}\n`);
  return 0;
}

function told({ directory, written, next }: Initialised, cwd: string): string {
  const run = directory === cwd ? 'opta dev up' : `cd ${relative(cwd, directory)} && opta dev up`;
  const files = written.map((path) => `  ${path}\n`).join('');
  const steps = [`Run it: ${run}`, ...next].map((step) => `  ${step}\n`).join('');
  return written.length === 0
    ? `${directory} has all of it already\n\nNext:\n${steps}`
    : `Wrote to ${directory}:\n${files}\nNext:\n${steps}`;
}
