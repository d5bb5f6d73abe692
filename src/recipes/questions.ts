/** What a recipe asks: which questions apply, what an answer must look like, and what is taken without one. */
import { correctedName, isValidName, longestName } from '../app/names.ts';
import { UserError } from '../errors.ts';
import { regionShapes } from '../resources/regions.ts';
import type { Answers } from './placeholders.ts';
import { holds, type When } from './when.ts';

/** Those of the language's recipe placeholders, and ours: choice, domain, environments, layer_name. */
export type QuestionType =
  | 'aws_account_id'
  | 'aws_region'
  | 'choice'
  | 'domain'
  | 'environments'
  | 'gcp_project'
  | 'gcp_region'
  | 'layer_name'
  | 'mongodb_project_id'
  | 'org_name'
  | 'string';

export interface Question {
  readonly key: string;
  readonly type: QuestionType;
  /** Name of the command line flag, without hyphens in front. */
  readonly flag: string;
  /** What to show when asking. */
  readonly title: string;
  /** Taken without an answer; absent: one must be given. */
  readonly default?: string;
  /** Only for `choice`. */
  readonly options?: readonly { readonly value: string; readonly title: string }[];
  /** Asked only when these earlier answers are given. */
  readonly when?: When;
}

interface Rule {
  readonly fits: (answer: string) => boolean;
  /** Completes "must be ...". */
  readonly must: string;
  /** Makes an answer that fits out of one that nearly does. */
  readonly mend?: (answer: string) => string;
}

/** A layer may not bear its environment's name. */
const environments = ['local', 'staging', 'production'];

const matches = (pattern: RegExp) => (answer: string) => pattern.test(answer);
const withoutAccents = (answer: string) => answer.normalize('NFD').replace(/\p{M}/gu, '');

const rules: Readonly<Record<Exclude<QuestionType, 'choice'>, Rule>> = {
  aws_account_id: { fits: matches(/^\d{12}$/), must: 'the 12 digits of an AWS account' },
  aws_region: { fits: matches(regionShapes.aws), must: 'an AWS region, such as us-east-1' },
  domain: {
    fits: matches(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/),
    must: 'a domain, such as example.com',
    mend: (answer) =>
      answer
        .toLowerCase()
        .replace(/^[a-z]+:\/\//, '')
        .replace(/[/:].*$/, '')
        .replace(/\.$/, ''),
  },
  environments: {
    fits: (answer) => {
      const names = answer.split(',').map((name) => name.trim());
      return names.every((name) => isValidName(name) && name !== 'local') && new Set(names).size === names.length;
    },
    must: 'names that differ, of a-z, 0-9 and -, none of them local',
  },
  gcp_project: {
    fits: matches(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
    must: 'the id of a Google Cloud project: 6 to 30 of a-z, 0-9 and -',
  },
  gcp_region: { fits: matches(regionShapes.gcp), must: 'a Google Cloud region, such as us-central1' },
  layer_name: {
    fits: (answer) => isValidName(answer) && !environments.includes(answer),
    must: `at most ${longestName} of a-z, 0-9 and -, with a letter first and no - last, and not the name of an environment, because it becomes part of addresses`,
    mend: (answer) => correctedName(withoutAccents(answer)),
  },
  mongodb_project_id: {
    fits: matches(/^[0-9a-f]{24}$/),
    must: 'the 24 hexadecimal digits of a MongoDB Atlas project',
  },
  org_name: {
    fits: matches(/^[a-z0-9-]{1,15}$/),
    must: '1 to 15 of a-z, 0-9 and -',
    mend: (answer) => correctedName(withoutAccents(answer)).slice(0, 15).replace(/-+$/, ''),
  },
  string: { fits: matches(/^[^\p{Cc}]*$/u), must: 'one line of text' },
};

/** The rule of a type for whoever asks: what is wrong, after "must be", and an answer that would fit. */
export function checkAnswer(type: Exclude<QuestionType, 'choice'>): {
  readonly wrong: (answer: string, mayBeEmpty: boolean) => string | undefined;
  readonly normal: (answer: string) => string;
  readonly mend: (answer: string) => string;
} {
  const rule = rules[type];
  return {
    wrong: (answer, mayBeEmpty) =>
      (answer === '' && mayBeEmpty) || (answer !== '' && rule.fits(answer)) ? undefined : rule.must,
    normal: (answer) => normalOf(type, answer),
    mend: (answer) => {
      const mended = rule.mend?.(answer) ?? '';
      return rule.fits(mended) ? mended : '';
    },
  };
}

/** What is written for an answer: without outer space, account numbers with their leading zeros. */
function normalOf(type: QuestionType, answer: string): string {
  const text = answer.trim();
  return type === 'aws_account_id' && /^\d{1,11}$/.test(text) ? text.padStart(12, '0') : text;
}

/** Says what is wrong with a normalised answer, or undefined. An empty answer fits where the default is empty. */
function problemWith(
  question: Question,
  answer: string,
): { readonly message: string; readonly hint?: string } | undefined {
  if (answer === '' && question.default === '') return undefined;
  if (question.type === 'choice') return choiceProblem(question, answer);
  const rule = rules[question.type];
  if (answer !== '' && rule.fits(answer)) return undefined;
  const message = `--${question.flag} is ${JSON.stringify(answer)}; it must be ${rule.must}.`;
  const mended = rule.mend?.(answer) ?? '';
  return rule.fits(mended) && mended !== ''
    ? { message, hint: `--${question.flag} ${mended} would fit.` }
    : { message };
}

function choiceProblem(question: Question, answer: string): { readonly message: string } | undefined {
  const values = (question.options ?? []).map(({ value }) => value);
  if (values.includes(answer)) return undefined;
  return { message: `--${question.flag} is ${JSON.stringify(answer)}; it must be ${values.join(' or ')}.` };
}

/** The questions that apply after the answers so far, each key once. */
export function applicable(questions: readonly Question[], answers: Answers): readonly Question[] {
  return questions.filter(({ when }) => holds(when, answers));
}

/**
 * Adds the defaults and checks everything. Every key of `questions` is in the result, empty where it does not apply.
 * Throws UserError `invalid-answer` with all problems.
 */
export function completeAnswers(
  questions: readonly Question[],
  given: Readonly<Record<string, string | undefined>>,
): Answers {
  const answers: Record<string, string> = {};
  const problems: { message: string; hint?: string }[] = [];
  for (const question of questions) {
    if (!holds(question.when, answers)) continue;
    answers[question.key] = normalOf(question.type, given[question.key] ?? question.default ?? '');
    const problem = problemWith(question, answers[question.key] ?? '');
    if (problem) problems.push(problem);
  }
  problems.push(...strayAnswers(questions, given, answers));
  if (problems.length > 0) throw invalidAnswers(problems);
  for (const { key } of questions) answers[key] ??= '';
  return answers;
}

/** An answer that nothing asks for would be lost without a word. */
function strayAnswers(
  questions: readonly Question[],
  given: Readonly<Record<string, string | undefined>>,
  answers: Answers,
) {
  return Object.entries(given)
    .filter(([key, value]) => value !== undefined && answers[key] === undefined)
    .map(([key]) => {
      const question = questions.find((candidate) => candidate.key === key);
      const reason = Object.entries(question?.when ?? {}).map(
        ([other, value]) => `${other} ${value.replace(/^!/, 'other than ')}`,
      );
      return question
        ? { message: `--${question.flag} goes only with ${reason.join(' and ')}.` }
        : { message: `This recipe does not ask for ${key}.` };
    });
}

function invalidAnswers(problems: readonly { readonly message: string; readonly hint?: string }[]): UserError {
  const [first] = problems;
  const hints = problems.flatMap(({ hint }) => hint ?? []);
  if (problems.length === 1 && first) return new UserError('invalid-answer', first.message, { hints, exitCode: 2 });
  return new UserError('invalid-answer', `${problems.length} answers do not fit.`, {
    detail: problems.map(({ message }) => message),
    hints,
    exitCode: 2,
  });
}
