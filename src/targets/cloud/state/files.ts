/** What the engine keeps of its stacks beside each other: files of a folder, or objects of a bucket with the same names. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ObjectDoor } from '../account/objects.ts';
import type { Backend } from '../operation.ts';

export interface StateFiles {
  /** Undefined when there is none. */
  read(name: string): Promise<string | undefined>;
  /** Names of what is right in a folder, with the folder. */
  list(folder: string): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

/** `objects`: of the bucket that the address names. Undefined where only the service that keeps the state can look. */
export function stateFiles({ url }: Pick<Backend, 'url'>, objects?: ObjectDoor): StateFiles | undefined {
  if (url.startsWith('file://')) return inFolder(fileURLToPath(url));
  return /^(s3|gs):/.test(url) && objects !== undefined ? inBucket(objects) : undefined;
}

function inFolder(root: string): StateFiles {
  return {
    async read(name) {
      const file = join(root, name);
      return existsSync(file) ? readFile(file, 'utf8') : undefined;
    },
    async list(folder) {
      const at = join(root, folder);
      return existsSync(at) ? readdirSync(at).map((name) => `${folder}/${name}`) : [];
    },
    // What the engine notes of a file is beside it.
    remove: async (name) => {
      for (const one of [name, `${name}.attrs`]) await rm(join(root, one), { force: true });
    },
  };
}

function inBucket(objects: ObjectDoor): StateFiles {
  return {
    read: async (name) => (await objects.get(name))?.text,
    async list(folder) {
      const names = await objects.list(`${folder}/`);
      return names.filter((name) => !name.slice(folder.length + 1).includes('/'));
    },
    remove: (name) => objects.remove(name),
  };
}
