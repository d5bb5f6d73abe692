/** Secrets that no service makes for us: made once, kept with the environment, given to stacks as secret configuration. */
import { join } from 'node:path';
import type { App, Resource } from '../../app/app.ts';
import type { StackName } from '../../app/stacks.ts';
import { openSecrets } from '../../platform/secrets.ts';

/** By name, such as `shop/db.password`. */
export interface StackSecrets {
  of(stack: StackName): Promise<Readonly<Record<string, string>>>;
}

/** Where secrets are kept between promotions. */
export interface SecretDoor {
  /** The secret of that name; made when there is none. */
  get(name: string): Promise<string>;
}

const kinds: Readonly<Partial<Record<Resource['type'], string>>> = {
  postgres: 'password',
  mysql: 'password',
  documentdb: 'password',
  'mongodb-atlas': 'password',
  redis: 'token',
};

/** Names of the secrets of an App: of its databases' users and its caches. */
export function secretNames({ resources }: Pick<App, 'resources'>): readonly string[] {
  return resources.flatMap(({ id, type }) => {
    const kind = kinds[type];
    return kind === undefined ? [] : [`${id}.${kind}`];
  });
}

/** Only `data` makes databases. `made` is told each value before anyone else sees it. */
export function stackSecrets(app: App, door: SecretDoor, made: (secret: string) => void): StackSecrets {
  return {
    async of(stack) {
      if (stack !== 'data') return {};
      const all: Record<string, string> = {};
      for (const name of secretNames(app)) {
        const value = await door.get(name);
        made(value);
        all[name] = value;
      }
      return all;
    },
  };
}

/** For a rehearsal: a file of the project, readable by its owner only. */
export const rehearsalSecrets = (folder: string): SecretDoor => openSecrets(join(folder, 'secrets.json'));
