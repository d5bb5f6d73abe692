/** How to install a database server on the system at hand: the sentence under "server not found". */

import type { Resource } from '../../../app/app.ts';
import { UserError } from '../../../errors.ts';

const packageSystems = ['apt', 'dnf', 'apk', 'pacman', 'zypper', 'brew', 'scoop'] as const;
export type PackageSystem = (typeof packageSystems)[number];
export type Server = 'redis' | 'mysql' | 'mongodb' | 'aws';

interface Remedy {
  /** What it is called in the message, with the programs looked for. */
  readonly title: string;
  readonly programs: readonly string[];
  readonly commands: { readonly [K in PackageSystem]?: string };
  /** For systems whose own packages lack it. */
  readonly page: string;
}

const moto = 'pipx install "moto[server]"';

const remedies: { readonly [K in Server]: Remedy } = {
  redis: {
    title: 'Redis or Valkey',
    programs: ['valkey-server', 'redis-server'],
    commands: {
      apt: 'sudo apt-get install redis-server',
      dnf: 'sudo dnf install valkey',
      apk: 'sudo apk add valkey',
      pacman: 'sudo pacman -S valkey',
      zypper: 'sudo zypper install valkey',
      brew: 'brew install valkey',
      scoop: 'scoop install redis',
    },
    page: 'https://valkey.io/download/',
  },
  mysql: {
    title: 'MySQL or MariaDB',
    programs: ['mysqld', 'mariadbd'],
    commands: {
      apt: 'sudo apt-get install mariadb-server',
      dnf: 'sudo dnf install mariadb-server',
      apk: 'sudo apk add mariadb',
      pacman: 'sudo pacman -S mariadb',
      zypper: 'sudo zypper install mariadb',
      brew: 'brew install mariadb',
      scoop: 'scoop install mariadb',
    },
    page: 'https://mariadb.org/download/',
  },
  mongodb: {
    title: 'MongoDB',
    programs: ['mongod'],
    commands: {
      brew: 'brew install mongodb/brew/mongodb-community',
      scoop: 'scoop install mongodb',
    },
    page: 'https://www.mongodb.com/try/download/community',
  },
  aws: {
    title: 'moto, a local stand-in for S3, SQS, SNS and DynamoDB',
    programs: ['moto_server'],
    commands: { apt: moto, dnf: moto, apk: moto, pacman: moto, zypper: moto, brew: moto, scoop: moto },
    page: 'https://docs.getmoto.org/en/latest/docs/server_mode.html',
  },
};

const byId: Readonly<Record<string, PackageSystem>> = {
  debian: 'apt',
  ubuntu: 'apt',
  fedora: 'dnf',
  rhel: 'dnf',
  centos: 'dnf',
  amzn: 'dnf',
  alpine: 'apk',
  arch: 'pacman',
  suse: 'zypper',
  opensuse: 'zypper',
};

/** Reads the text of /etc/os-release: its ID first, then what it says it is like. */
export function packageSystemOf(platform: NodeJS.Platform, osRelease: string | undefined): PackageSystem | undefined {
  if (platform === 'darwin') return 'brew';
  if (platform === 'win32') return 'scoop';
  const field = (name: string) =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(osRelease ?? '')?.[1]?.replaceAll(/["']/g, '') ?? '';
  for (const id of `${field('ID')} ${field('ID_LIKE')}`.toLowerCase().split(' ')) {
    const found = byId[id] ?? byId[id.split('-')[0] ?? ''];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The error for a resource whose server is not on PATH. Code `server-not-found`. */
export function serverNotFound(server: Server, resource: Resource, system: PackageSystem | undefined): UserError {
  const { title, programs, commands, page } = remedies[server];
  const command = system === undefined ? undefined : commands[system];
  return new UserError('server-not-found', `${resource.id} needs ${title}: ${programs.join(' or ')} is not on PATH.`, {
    place: resource.place,
    hints: [
      command === undefined ? `Install it from ${page} and put it on PATH.` : `Run: ${command}`,
      'Or run it in a cluster: opta dev up --on kind',
    ],
  });
}
