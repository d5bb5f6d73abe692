/** Every policy rule over everything that the stacks of an environment register: tests run them, and so does a promotion. */
import { encryptedAtRest, tlsEnforced } from './encryption.ts';
import { closedToInternet, noDefaults, noPublicStore } from './exposure.ts';
import { backups, deletionProtection, tagged } from './keeping.ts';
import { keyGrants } from './key-grants.ts';
import { leastPrivilege } from './least-privilege.ts';
import type { Checked, Facts, Rule, Violation } from './rule.ts';

const rules: readonly Rule[] = [
  encryptedAtRest,
  tlsEnforced,
  noPublicStore,
  closedToInternet,
  leastPrivilege,
  keyGrants,
  tagged,
  deletionProtection,
  backups,
  noDefaults,
];

/**
 * Give all stacks at once: some rules ask whether a key of one stack lets in what another one makes. Values that are
 * not known yet are believed, so that a first plan can be checked too.
 */
export function checkPolicy(resources: readonly Checked[], facts: Facts): Violation[] {
  return rules.flatMap(({ check }) => check(resources, facts));
}
