/** What the wizard shows beside its questions. */

export interface WizardPage {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface WizardChange {
  readonly path: string;
  readonly kind: 'new' | 'same' | 'different';
  readonly lines: readonly { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }[];
}
