/** Conditions on answers, as recipes write them. */
import type { Answers } from './placeholders.ts';

/** All pairs must be equal to the answers, `!value` must not; a missing answer is empty. */
export type When = Readonly<Record<string, string>>;

/** Whether all pairs fit the answers; without pairs it does. */
export function holds(when: When | undefined, answers: Answers): boolean {
  return Object.entries(when ?? {}).every(([key, value]) =>
    value.startsWith('!') ? (answers[key] ?? '') !== value.slice(1) : (answers[key] ?? '') === value,
  );
}
