/** What the wizard knows of a question; who asks decides what it means. */

export interface WizardOption {
  readonly value: string;
  readonly title: string;
  readonly note?: string;
}

export interface WizardQuestion {
  readonly key: string;
  readonly section: string;
  readonly title: string;
  readonly kind: 'text' | 'choice' | 'many';
  readonly options?: readonly WizardOption[];
  /** Other answers than the options may be typed. */
  readonly open?: boolean;
  readonly default: string;
  /** Where the default comes from. */
  readonly why?: string;
  /** Found, so that it is only asked when the user wants to correct what was found. */
  readonly settled?: boolean;
  /** Says what an answer must be when it does not fit. */
  readonly wrong: (answer: string) => string | undefined;
  readonly normal?: (answer: string) => string;
  readonly mend?: (answer: string) => string;
}

export type WizardAnswers = Readonly<Record<string, string | undefined>>;

export interface WizardPage {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface WizardChange {
  readonly path: string;
  readonly kind: 'new' | 'same' | 'different';
  readonly lines: readonly { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }[];
}
