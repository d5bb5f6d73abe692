/** `opta init` without asking: flags, an answers file, and defaults. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Asked, Given } from '../../app/asked.ts';
import { UserError } from '../../errors.ts';
import { filesOf } from '../../recipes/own/files.ts';
import { checkAnswers, placed } from '../../recipes/own/flags.ts';
import type { Context } from '../../recipes/own/project.ts';
import { type Interview, interview } from '../../recipes/own/questions.ts';
import { readRecipe } from '../../recipes/recipe.ts';
import { type ExitCode, given, type Invocation } from '../invocation.ts';
import { finish, printFiles } from './finish.ts';
import { givenAnswers } from './given.ts';
import { findingLines, lookAround } from './look.ts';

export async function initByFlags(invocation: Invocation, directory: string): Promise<ExitCode> {
  const answers = await givenAnswers(invocation);
  if (answers.recipe !== undefined && answers.recipe !== 'own')
    await readRecipe(invocation.packageRoot, answers.recipe);
  const context = await lookAround(invocation, directory);
  const { outcome, questions } = answered(context, answers);
  const missing = questions.filter(
    ({ key, settled }) => settled !== true && placed(answers, questions)[key] === undefined,
  );
  if (!given(invocation, 'yes') && missing.length > 0) {
    const recipes = context.recipes.map(({ name, title }) => `${name} (${title})`);
    throw answersMissing(missing.map(flagText), recipes);
  }
  const made = filesOf(outcome, await ignoredText(directory));
  if (given(invocation, 'print')) return printFiles(invocation, made);
  const detected = outcome.kind === 'own' ? { detected: context.detection } : {};
  return finish(invocation, { ...made, directory, ...detected }, []);
}

/** What answers come to, after every one of them was checked. */
export function answered(context: Context, given: Given): Interview {
  const first = interview(context, given);
  const answers = placed(given, first.questions);
  const whole = interview(context, answers);
  checkAnswers(answers, whole.questions);
  return whole;
}

export const flagText = ({ flag, of }: Asked): string => (of === undefined ? `--${flag}` : `--${flag} ${of}=`);

export function ignoredText(directory: string): Promise<string | undefined> {
  return readFile(join(directory, '.gitignore'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}

/** `--detect`: what was found, and why. */
export async function showDetection(invocation: Invocation, directory: string): Promise<ExitCode> {
  const { detection } = await lookAround(invocation, directory);
  const lines = findingLines(detection);
  const text = lines.length === 0 ? 'Found no service here.\n' : lines.map((line) => `${line}\n`).join('');
  invocation.system.stdout.write(given(invocation, 'json') ? `${JSON.stringify(detection, undefined, 2)}\n` : text);
  return 0;
}

/** Nobody can be asked, and `--yes` does not say to take the defaults. */
function answersMissing(flags: readonly string[], recipes: readonly string[]): UserError {
  return new UserError('answers-missing', `without a terminal these flags are needed: ${flags.join(', ')}`, {
    hints: [
      'Take the default of each with --yes: `opta init --yes`.',
      'Or begin with a recipe: `opta init --recipe shop --yes`; flags change single answers.',
      `Recipes: ${recipes.join(', ')}.`,
    ],
    exitCode: 2,
  });
}
