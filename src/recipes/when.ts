/** Conditions on answers, as recipes write them. */
import type { Answers } from './placeholders.ts';

/** All pairs must be equal to the answers; a missing answer is empty. */
export type When = Readonly<Record<string, string>>;

/** Whether all pairs equal the answers; without pairs it does. */
export function holds(when: When | undefined, answers: Answers): boolean {
  return Object.entries(when ?? {}).every(([key, value]) => (answers[key] ?? '') === value);
}
