/** A question as every way of asking needs it: the wizard, lines, and flags. */

export interface Option {
  readonly value: string;
  readonly title: string;
  /** What is beside it, such as a cost. */
  readonly note?: string;
}

export interface Asked {
  /** Name of the answer, such as `name` or `port.api`. */
  readonly key: string;
  /** Name of the flag, without hyphens in front. */
  readonly flag: string;
  /** The service or environment that the flag names: `--port api=3000`. */
  readonly of?: string;
  readonly section: string;
  readonly title: string;
  /** text: one line. choice: one of the options. many: any of the options, separated by commas. */
  readonly kind: 'text' | 'choice' | 'many';
  readonly options?: readonly Option[];
  /** Other answers than the options may be typed. */
  readonly open?: boolean;
  /** What is taken without an answer. */
  readonly default: string;
  /** Where the default comes from. */
  readonly why?: string;
  /** Found, so that it is only asked when the user wants to correct what was found. */
  readonly settled?: boolean;
  /** Says what is wrong with an answer, as the end of a sentence that begins with "must be"; undefined when nothing is. */
  readonly wrong: (answer: string) => string | undefined;
  /** What is kept of an answer, such as a number with its leading zeros. */
  readonly normal?: (answer: string) => string;
  /** An answer that fits, made of one that nearly does. */
  readonly mend?: (answer: string) => string;
}

export type Given = Readonly<Record<string, string | undefined>>;

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
