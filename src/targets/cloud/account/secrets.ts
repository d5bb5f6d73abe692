/** Secrets of stacks between promotions: objects of the state bucket, encrypted with the key of the state. */
import { UserError } from '../../../errors.ts';
import { newSecret } from '../../../platform/secrets.ts';
import type { SecretDoor } from '../stack-secrets.ts';
import type { ObjectDoor } from './objects.ts';

export interface BucketSecrets extends SecretDoor {
  /** Writes those that are new. Before that, looking at a plan leaves none behind. Throws UserError `record-changed`. */
  keep(): Promise<void>;
}

const keyOf = (name: string): string => `secrets/${name}`;

export function bucketSecrets(objects: ObjectDoor): BucketSecrets {
  const known = new Map<string, string>();
  const fresh = new Set<string>();
  return {
    async get(name) {
      const before = known.get(name);
      if (before !== undefined) return before;
      const found = (await objects.get(keyOf(name)))?.text;
      const value = known.get(name) ?? found ?? newSecret();
      if (!known.has(name) && found === undefined) fresh.add(name);
      known.set(name, value);
      return value;
    },
    async keep() {
      for (const name of fresh) {
        const version = await objects.put(keyOf(name), known.get(name) ?? '', undefined);
        if (version === undefined) throw taken(name);
        fresh.delete(name);
      }
    },
  };
}

const taken = (name: string): UserError =>
  new UserError('record-changed', `the secret ${name} was made by another promotion meanwhile`, {
    hints: ['Run it again: it takes the one that is there.'],
  });
