/** Answers as flags and back: everything that the wizard asks can be said on the command line. */

import type { Asked, Given } from '../../app/asked.ts';
import { UserError } from '../../errors.ts';
import { normalised } from './asked.ts';

export type FlagValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Flags that may come several times: one a service, an environment, or an item of a list. */
const several = { service: 'services', resource: 'resources' } as const;
const ofService = { command: 'command', port: 'port', health: 'health', public: 'public', link: 'links' } as const;
const ofEnvironment = { size: 'size', 'promotes-from': 'from' } as const;
const single = [
  'recipe',
  'name',
  'compose',
  'org',
  'cloud',
  'region',
  'account',
  'project',
  'domain',
  'environments',
] as const;

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

const camel = (flag: string): string => flag.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Answers by key from flags by camel-case name. `--port 3000` without a service means the only one, which
 * `placed` finds when the questions are known: it stays under the flag's own name here.
 */
export function answersOfFlags(flags: FlagValues): Record<string, string> {
  const answers: Record<string, string> = {};
  for (const name of single) {
    const value = flags[camel(name)];
    if (typeof value === 'string') answers[name] = value;
  }
  for (const [flag, key] of Object.entries(several)) {
    const values = listOf(flags[camel(flag)]);
    if (values.length > 0)
      answers[key] = values
        .flatMap((value) => value.split(','))
        .filter((value) => value !== '')
        .join(',');
  }
  for (const [flag, key] of [...Object.entries(ofService), ...Object.entries(ofEnvironment)]) {
    for (const value of listOf(flags[camel(flag)])) {
      const [, of, rest] = /^([a-z][a-z0-9-]*)=([\s\S]*)$/.exec(value) ?? [];
      answers[of === undefined ? key : `${key}.${of}`] = rest ?? value;
    }
  }
  return answers;
}

/** Gives `port` to `port.api` where api is the only one asked for. */
export function placed(given: Given, questions: readonly Asked[]): Given {
  const answers: Record<string, string | undefined> = { ...given };
  for (const key of [...Object.values(ofService), ...Object.values(ofEnvironment)]) {
    const value = answers[key];
    const asked = questions.filter((question) => question.key.startsWith(`${key}.`));
    const [only] = asked;
    if (value === undefined || asked.length !== 1 || only === undefined) continue;
    delete answers[key];
    answers[only.key] ??= value;
  }
  return answers;
}

/** The flags that give just these answers, as words of a command line. */
export function flagsOfAnswers(answers: Given, questions: readonly Asked[]): readonly string[] {
  return questions.flatMap(({ key, flag, of, kind }) => {
    const answer = answers[key];
    if (answer === undefined) return [];
    if (of !== undefined) return [`--${flag}`, `${of}=${answer}`];
    if (kind === 'many' && answer !== '') return answer.split(',').flatMap((item) => [`--${flag}`, item]);
    return [`--${flag}`, answer];
  });
}

/** Throws UserError `invalid-answer` with every answer that does not fit or that nothing asks for. */
export function checkAnswers(given: Given, questions: readonly Asked[]): void {
  const problems: string[] = [];
  const hints: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const asked = questions.find((question) => question.key === key);
    const flag = flagOf(key);
    if (!asked) {
      problems.push(`--${flag} ${JSON.stringify(value)} answers nothing that is asked here.`);
      continue;
    }
    const written = `--${asked.flag}${asked.of === undefined ? '' : ` ${asked.of}`}`;
    const wrong = asked.wrong(normalised(asked, value) ?? '');
    if (wrong === undefined) continue;
    problems.push(`${written} is ${JSON.stringify(value)}; it must be ${wrong}.`);
    const mended = asked.mend?.(value.trim()) ?? '';
    if (mended !== '' && asked.wrong(mended) === undefined) hints.push(`--${asked.flag} ${mended} would fit.`);
  }
  const [first] = problems;
  if (first === undefined) return;
  throw new UserError('invalid-answer', problems.length === 1 ? first : `${problems.length} answers do not fit.`, {
    ...(problems.length > 1 && { detail: problems }),
    hints,
    exitCode: 2,
  });
}

function flagOf(key: string): string {
  const [begin = '', of] = key.split('.');
  const all: Readonly<Record<string, string>> = { ...several, ...ofService, ...ofEnvironment };
  const flag = Object.entries(all).find(([, one]) => one === begin)?.[0] ?? begin;
  return of === undefined ? flag : `${flag} ${of}=`;
}
