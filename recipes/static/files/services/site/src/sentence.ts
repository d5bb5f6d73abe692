/** What the page says. */

export interface Answer {
  /** ISO 8601. */
  readonly time: string;
  readonly replica: string;
}

/** Such as: It is 12:34:56 for api-1. */
export const sentence = ({ time, replica }: Answer, locale = navigator.language): string =>
  `It is ${new Date(time).toLocaleTimeString(locale)} for ${replica}.`;
