/** Secrets of stacks: made once, kept with the environment, given to stacks as secret configuration. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../app/app.ts';
import { secretFilesOf, secretsOf } from '../../app/stack-secrets.ts';
import type { StackName } from '../../app/stacks.ts';
import { UserError } from '../../errors.ts';
import { openSecrets } from '../../platform/secrets.ts';

/** By name, such as `shop_db_password`. */
export interface StackSecrets {
  of(stack: StackName): Promise<Readonly<Record<string, string>>>;
}

/** Where secrets are kept between promotions. */
export interface SecretDoor {
  /** The secret of that name; made when there is none. */
  get(name: string): Promise<string>;
}

/** `made` is told each value before anyone else sees it. Throws UserError `cannot-read` for a file that is not there. */
export function stackSecrets(app: App, door: SecretDoor, made: (secret: string) => void): StackSecrets {
  return {
    async of(stack) {
      const all: Record<string, string> = {};
      // One after the other: two new ones at once would be written over each other elsewhere than in one file.
      for (const name of secretsOf(app, stack)) all[name] = await door.get(name);
      for (const [name, file] of Object.entries(secretFilesOf(app, stack))) all[name] = await textOf(file);
      for (const value of Object.values(all)) made(value);
      return all;
    },
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError('cannot-read', `cannot read ${file} (${(error as NodeJS.ErrnoException).code})`, {
      hints: ['It is named in the module `external-ssl-cert`.'],
      cause: error,
    });
  }
}

/** For a rehearsal: a file of the project, readable by its owner only. */
export const rehearsalSecrets = (folder: string): SecretDoor => openSecrets(join(folder, 'secrets.json'));
