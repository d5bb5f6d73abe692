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

/** Answers by key. */
export type Given = Readonly<Record<string, string | undefined>>;
