/** Collects questions and their answers in the order of asking; small rules for answers. */
import type { Asked, Given, Option } from '../../app/asked.ts';

export interface Asking {
  readonly questions: readonly Asked[];
  /** Adds a question; the answer that counts: the given one when it fits, else the default. */
  ask(asked: Asked): string;
}

/** Collects questions in the order of asking, each with what the ones before were answered. */
export function newAsking(given: Given): Asking {
  const questions: Asked[] = [];
  return {
    questions,
    ask(asked) {
      questions.push(asked);
      const answer = normalised(asked, given[asked.key]);
      return answer !== undefined && asked.wrong(answer) === undefined ? answer : asked.default;
    },
  };
}

export function normalised(asked: Pick<Asked, 'normal'>, answer: string | undefined): string | undefined {
  const text = answer?.trim();
  return text === undefined ? undefined : (asked.normal?.(text) ?? text);
}

export const itemsOf = (answer: string): string[] =>
  answer
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** `db=postgres` as its two halves; without `=` the second is empty. */
export function pairOf(item: string): readonly [string, string] {
  const at = item.indexOf('=');
  return at < 0 ? [item.trim(), ''] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
}

export function fits(pattern: RegExp, must: string): (answer: string) => string | undefined {
  return (answer) => (pattern.test(answer) ? undefined : must);
}

export function oneOfThese(options: readonly Option[]): (answer: string) => string | undefined {
  return (answer) =>
    options.some(({ value }) => value === answer) ? undefined : options.map(({ value }) => value).join(' or ');
}
