/** Reads policy documents of AWS: who may do what, and which statements let in more than they should. */
import { isUnknown } from './rule.ts';

export interface PolicyStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Resource?: string | readonly string[];
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** None for a text that is not known yet. */
export function statementsOf(document: unknown): readonly PolicyStatement[] {
  if (typeof document !== 'string' || isUnknown(document) || !document.startsWith('{')) return [];
  const { Statement: statements } = JSON.parse(document) as { Statement?: PolicyStatement | PolicyStatement[] };
  if (statements === undefined) return [];
  return Array.isArray(statements) ? statements : [statements];
}

export function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

export function principalsOf({ Principal: principal }: PolicyStatement): readonly string[] {
  if (principal === undefined) return [];
  return typeof principal === 'string' ? [principal] : Object.values(principal).flatMap(listOf);
}

/** Refuses everybody what a condition on this key names. An unknown document is believed. */
export function denies(document: unknown, key: string): boolean {
  if (isUnknown(document)) return true;
  return statementsOf(document).some(({ Effect: effect, Condition: condition, Principal: principal }) => {
    const keys = Object.values(condition ?? {}).flatMap((test) => Object.keys(test));
    return effect === 'Deny' && principal === '*' && keys.includes(key);
  });
}

/** Whether someone may do all of these, whatever the conditions. */
export function admits(document: unknown, principal: RegExp, actions: readonly string[]): boolean {
  if (isUnknown(document)) return true;
  const allowed = statementsOf(document)
    .filter((statement) => statement.Effect === 'Allow' && principalsOf(statement).some((one) => principal.test(one)))
    .flatMap(({ Action: action }) => listOf(action));
  return actions.every((action) => allowed.includes(action));
}
