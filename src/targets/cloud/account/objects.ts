/** Objects of a bucket, written only where nobody else has written meanwhile. */
import { UserError } from '../../../errors.ts';
import type { RecordDoor } from '../../../releases/store.ts';

interface StoredObject {
  readonly text: string;
  /** ETag or generation: what a later write must still find. */
  readonly version: string;
}

export interface ObjectDoor {
  /** Undefined when there is none, or no bucket. */
  get(key: string): Promise<StoredObject | undefined>;
  /** `expected` undefined: there must be none. The new version, or undefined when something else is there. */
  put(key: string, text: string, expected: string | undefined): Promise<string | undefined>;
  /** Keys that begin with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  remove(key: string): Promise<void>;
}

/**
 * Records below a prefix of a bucket. A record is written over only as it was read or written here last. Throws UserError
 * `record-changed` when somebody else wrote it meanwhile.
 */
export function bucketRecords(objects: ObjectDoor, prefix: string): RecordDoor {
  const seen = new Map<string, string>();
  return {
    async read(key) {
      const found = await objects.get(prefix + key);
      if (found !== undefined) seen.set(key, found.version);
      return found?.text;
    },
    async write(key, text) {
      const version = await objects.put(prefix + key, text, seen.get(key));
      if (version === undefined) throw changed(key);
      seen.set(key, version);
    },
    async list(below) {
      const keys = await objects.list(prefix + below);
      return keys.filter((key) => key.endsWith('.json')).map((key) => key.slice(prefix.length));
    },
  };
}

const changed = (key: string): UserError =>
  new UserError('record-changed', `${key} in the records of the environment was written by somebody else meanwhile`, {
    hints: ['Another promotion of this environment runs, or just ran: see `opta releases`, then run it again.'],
  });

/** Records in memory until there is a place for them; then they are written there, and everything after goes there. */
export interface LateRecords extends RecordDoor {
  moveTo(door: RecordDoor): Promise<void>;
}

/** For an environment that has no bucket yet: looking at its plan leaves nothing behind. */
export function lateRecords(): LateRecords {
  const kept = new Map<string, string>();
  let place: RecordDoor | undefined;
  return {
    read: async (key) => (place === undefined ? kept.get(key) : place.read(key)),
    async write(key, text) {
      if (place === undefined) kept.set(key, text);
      else await place.write(key, text);
    },
    list: async (prefix) =>
      place === undefined ? [...kept.keys()].filter((key) => key.startsWith(prefix)).sort() : place.list(prefix),
    async moveTo(door) {
      for (const [key, text] of kept) await door.write(key, text);
      kept.clear();
      place = door;
    },
  };
}
