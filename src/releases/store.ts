/** Where releases and promotions are kept: beside the environment's state, as one JSON object each, through a small door. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Promotion } from './promotion.ts';
import type { Release } from './release.ts';

/** Objects by key, such as `releases/3f2a.json`. A folder, or a prefix of a bucket. */
export interface RecordDoor {
  /** Undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
  /** Keys that begin with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
}

export interface ReleaseStore {
  releases(): Promise<readonly Release[]>;
  /** Oldest first. */
  promotions(): Promise<readonly Promotion[]>;
  keepRelease(release: Release): Promise<void>;
  keepPromotion(promotion: Promotion): Promise<void>;
}

const noFile = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Objects as files below `folder`, readable by their owner only; a file is whole or not there. */
export function folderDoor(folder: string): RecordDoor {
  return {
    async read(key) {
      try {
        return await readFile(join(folder, key), 'utf8');
      } catch (error) {
        if (noFile(error)) return undefined;
        throw error;
      }
    },
    async write(key, text) {
      const file = join(folder, key);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const whole = `${file}.${randomBytes(4).toString('hex')}.tmp`;
      await writeFile(whole, text, { mode: 0o600 });
      await rename(whole, file);
    },
    async list(prefix) {
      try {
        const names = await readdir(join(folder, prefix));
        return names
          .filter((name) => name.endsWith('.json'))
          .map((name) => `${prefix}${name}`)
          .sort();
      } catch (error) {
        if (noFile(error)) return [];
        throw error;
      }
    },
  };
}

async function readAll<T>(door: RecordDoor, prefix: string, isOne: (value: T) => boolean): Promise<T[]> {
  const keys = await door.list(prefix);
  const read = await Promise.all(
    keys.map(async (key) => {
      const text = await door.read(key);
      if (text === undefined) return [];
      const value = parsed<T>(text);
      if (value === undefined || !isOne(value)) throw unreadable(key);
      return [value];
    }),
  );
  return read.flat();
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

const unreadable = (key: string): UserError =>
  new UserError('record-unreadable', `${key} in the state of the environment is no record of ours`, {
    hints: ['Restore the object from its earlier version, or move it away.'],
  });

/** The records of one environment. A release that is there already stays as it is: it is immutable. */
export function openStore(door: RecordDoor): ReleaseStore {
  const text = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  const byTime = (a: Release, b: Release) => (a.made < b.made ? -1 : a.made > b.made ? 1 : 0);
  return {
    async releases() {
      const all = await readAll<Release>(door, 'releases/', ({ hash, images }) => hash !== undefined && !!images);
      return all.sort(byTime);
    },
    promotions: () => readAll<Promotion>(door, 'promotions/', ({ id, phase }) => id !== undefined && !!phase),
    async keepRelease(release) {
      const key = `releases/${release.hash}.json`;
      if ((await door.read(key)) === undefined) await door.write(key, text(release));
    },
    keepPromotion: (promotion) => door.write(`promotions/${promotion.id}.json`, text(promotion)),
  };
}

/** `20261122T163000000-3fa1`: names sort by time. */
export function promotionId(now: number): string {
  return `${new Date(now).toISOString().replaceAll(/[-:.Z]/g, '')}-${randomBytes(2).toString('hex')}`;
}
