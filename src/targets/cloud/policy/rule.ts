/** What a policy rule sees and says. Rules are pure: they read what programs register, and call no cloud. */
import type { Change } from '../operation.ts';

/** A resource as far as a rule asks; a `Change` is one. */
export type Checked = Pick<Change, 'stack' | 'type' | 'name' | 'inputs' | 'protect' | 'retainOnDelete'>;

export interface Facts {
  readonly production: boolean;
  readonly cloud: 'aws' | 'gcp';
}

export interface Violation {
  readonly rule: string;
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  /** What is wrong, as a sentence without its subject: `has no key of ours`. */
  readonly message: string;
}

export interface Rule {
  readonly name: string;
  readonly check: (resources: readonly Checked[], facts: Facts) => readonly Violation[];
}

/** What Pulumi sends for a value that does not exist yet. It is there, and nobody knows what it is. */
const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export function isUnknown(value: unknown): boolean {
  return value === unknown;
}

/** The value at a path such as `settings.ipConfiguration.ipv4Enabled` or `rules.0.bucketKeyEnabled`. */
export function at({ inputs }: Pick<Checked, 'inputs'>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (isUnknown(value)) return value;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, inputs);
}

/** Set to something, be it known yet or not. */
export function isSet(resource: Pick<Checked, 'inputs'>, path: string): boolean {
  const value = at(resource, path);
  return value !== undefined && value !== null && value !== '' && value !== false;
}

export function is(resource: Pick<Checked, 'inputs'>, path: string, wanted: unknown): boolean {
  const value = at(resource, path);
  return isUnknown(value) || value === wanted;
}

/** One complaint a resource at most, for those of the given types. */
export type Complaint = (resource: Checked, facts: Facts, all: readonly Checked[]) => string | undefined;

export function ruleOf(name: string, complaints: Readonly<Record<string, Complaint>>): Rule {
  return {
    name,
    check: (resources, facts) =>
      resources.flatMap((resource) => {
        const message = complaints[resource.type]?.(resource, facts, resources);
        return message === undefined ? [] : [violation(name, resource, message)];
      }),
  };
}

export function violation(rule: string, { stack, type, name }: Checked, message: string): Violation {
  return { rule, stack, type, name, message };
}

/** A complaint when one of these paths is not set. */
export function needs(message: string, ...paths: readonly string[]): Complaint {
  return (resource) => (paths.every((path) => isSet(resource, path)) ? undefined : message);
}

/** A complaint when one of these paths has another value. */
export function mustBe(message: string, wanted: Readonly<Record<string, unknown>>): Complaint {
  return (resource) =>
    Object.entries(wanted).every(([path, value]) => is(resource, path, value)) ? undefined : message;
}

export function inProduction(complaint: Complaint): Complaint {
  return (resource, facts, all) => (facts.production ? complaint(resource, facts, all) : undefined);
}

/** The first complaint of several. */
export function either(...complaints: readonly Complaint[]): Complaint {
  return (resource, facts, all) => {
    for (const complaint of complaints) {
      const message = complaint(resource, facts, all);
      if (message !== undefined) return message;
    }
    return undefined;
  };
}

/** Marked by the file as open to everybody (`block_public: false`). */
export function isPublicOnPurpose(resource: Checked): boolean {
  return at(resource, 'tags.opta:public') === 'true' || at(resource, 'labels.opta-public') === 'true';
}
