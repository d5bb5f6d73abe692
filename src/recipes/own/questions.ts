/** All questions of `opta init`, in order, for what was found and answered so far; and what the answers come to. */

import type { Asked, Given } from '../../app/asked.ts';
import { correctedName } from '../../app/names.ts';
import { databasesOf } from '../environment-words.ts';
import type { Answers } from '../placeholders.ts';
import { checkAnswer, type Question } from '../questions.ts';
import type { Recipe } from '../recipe.ts';
import { holds } from '../when.ts';
import { type Asking, newAsking, oneOfThese } from './asked.ts';
import { askEnvironments, askWhere, regionOptions } from './environment-questions.ts';
import type { Context, Project } from './project.ts';
import { askParts } from './service-questions.ts';

/** What the questions lead to: files of one's own code, or of a recipe. */
export type Outcome =
  | { readonly kind: 'own'; readonly project: Project }
  | { readonly kind: 'recipe'; readonly recipe: Recipe; readonly answers: Answers };

export interface Interview {
  readonly questions: readonly Asked[];
  readonly outcome: Outcome;
}

/** Pure: the same context and answers always give the same questions. Answers that do not fit count as not given. */
export function interview(context: Context, given: Given): Interview {
  const asking = newAsking(given);
  const choice = askRecipe(context, asking);
  const recipe = context.recipes.find(({ name }) => name === choice);
  if (recipe)
    return {
      questions: asking.questions,
      outcome: { kind: 'recipe', recipe, answers: askOf(recipe, context, asking) },
    };
  const rule = checkAnswer('layer_name');
  const name = asking.ask({
    key: 'name',
    flag: 'name',
    section: 'Project',
    title: 'Name of the project',
    kind: 'text',
    default: usualName(context),
    why: 'the folder',
    wrong: (answer) => rule.wrong(answer, false),
    normal: rule.normal,
    mend: rule.mend,
  });
  const parts = askParts(context, asking);
  const where = askWhere(context, asking, parts.resources);
  const project: Project = { name, ...parts, ...where };
  return { questions: asking.questions, outcome: { kind: 'own', project } };
}

function usualName({ folder, detection }: Context): string {
  const [only, second] = detection.services;
  const names = [folder, second === undefined ? (only?.name ?? '') : ''].map((name) => correctedName(name));
  const rule = checkAnswer('layer_name');
  return names.find((name) => rule.wrong(name, false) === undefined) ?? 'app';
}

function askRecipe({ detection, recipes }: Context, asking: Asking): string {
  const { services, compose } = detection;
  const found = services.length > 0 || (compose?.services.length ?? 0) > 0;
  const kinds = [...new Set(services.map(({ framework }) => framework.value))].join(', ');
  const own = { value: 'own', title: 'The code in this folder', ...(kinds !== '' && { note: kinds }) };
  const others = recipes.map(({ name, title }) => ({ value: name, title }));
  const options = found ? [own, ...others] : [...others, own];
  const usual = found ? 'own' : (others.find(({ value }) => value === 'hello')?.value ?? others[0]?.value ?? 'own');
  return asking.ask({
    key: 'recipe',
    flag: 'recipe',
    section: 'Project',
    title: 'What to begin with',
    kind: 'choice',
    options,
    default: usual,
    wrong: oneOfThese(options),
  });
}

/** The questions that a recipe brings. */
function askOf(recipe: Recipe, { credentials }: Context, asking: Asking): Answers {
  const answers: Record<string, string> = {};
  const known: Readonly<Record<string, string | undefined>> = {
    aws_region: credentials.awsRegion,
    aws_account_id: credentials.awsAccounts[0]?.id,
    gcp_region: credentials.gcpRegion,
    gcp_project: credentials.gcpProject,
  };
  for (const question of recipe.questions) {
    if (!holds(question.when, answers)) continue;
    if (question.type === 'environments') Object.assign(answers, askPlaces(question, recipe, answers, asking));
    else answers[question.key] = asking.ask(askedOf(question, known[question.type]));
  }
  for (const { key } of recipe.questions) answers[key] ??= '';
  return answers;
}

/** Environments and sizes, as one's own code is asked for them. */
function askPlaces(question: Question, recipe: Recipe, answers: Answers, asking: Asking): Answers {
  const environments = askEnvironments(asking, {
    title: question.title,
    default: question.default ?? '',
    cloud: answers.cloud === 'gcp' ? 'gcp' : 'aws',
    region: answers.region ?? '',
    databases: databasesOf(recipe),
    recipe: true,
  });
  return {
    [question.key]: environments.map(({ name }) => name).join(','),
    ...Object.fromEntries(
      environments.flatMap(({ name, size, from }) => [
        [`size.${name}`, size],
        ...(from === undefined ? [] : [[`from.${name}`, from]]),
      ]),
    ),
  };
}

function askedOf(question: Question, own: string | undefined): Asked {
  const { key, flag, title, type } = question;
  const common = { key, flag, title, section: 'Project', default: own ?? question.default ?? '' };
  if (type === 'choice') {
    const options = question.options ?? [];
    return { ...common, kind: 'choice', options, wrong: oneOfThese(options) };
  }
  const rule = checkAnswer(type);
  const cloud = type === 'aws_region' ? 'aws' : type === 'gcp_region' ? 'gcp' : undefined;
  return {
    ...common,
    ...(own !== undefined && { why: 'your settings of the cloud' }),
    ...(cloud === undefined
      ? { kind: 'text' as const }
      : { kind: 'choice' as const, open: true, options: regionOptions(cloud) }),
    wrong: (answer) => rule.wrong(answer, question.default === ''),
    normal: rule.normal,
    mend: rule.mend,
  };
}
