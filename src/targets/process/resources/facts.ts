/** What this machine offers to resources, read once before planning so that planning itself asks nothing. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DownloadOptions } from '../../../platform/artifacts/download.ts';
import type { ResourceName } from '../../../resources/names.ts';
import type { System } from '../../../system/system.ts';
import { type Account, readAccount } from './account.ts';
import { type PackageSystem, packageSystemOf } from './install-hints.ts';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.ts';

export interface ServerFact {
  /** Absolute. */
  readonly path: string;
  readonly flavour: 'redis' | 'valkey' | 'mysql' | 'mariadb' | 'mongodb' | 'moto';
  /** Such as `10.11.19`; `unknown` when the server does not say. */
  readonly version: string;
  /** Built with TLS. */
  readonly tls: boolean;
  /** The program that makes a data folder, when it is another one. */
  readonly installer?: string;
  /** Not installed: brings the pinned one to `path`. */
  readonly fetch?: (options: DownloadOptions) => Promise<string>;
}

export interface Facts {
  readonly isRoot: boolean;
  readonly packageSystem: PackageSystem | undefined;
  readonly account: Account;
  readonly postgres?: PostgresBinaries;
  readonly redis?: ServerFact;
  readonly mysql?: ServerFact;
  readonly mongodb?: ServerFact;
  readonly moto?: ServerFact;
  /** PATH and HOME for servers that are scripts. */
  readonly env: Readonly<Record<string, string>>;
}

async function firstVersion(system: System, path: string): Promise<string> {
  const { stdout, stderr } = await system.processes.run([path, '--version'], { timeoutMs: 30_000 });
  return /\b(\d+\.\d+(?:\.\d+)?)/.exec(stdout + stderr)?.[1] ?? 'unknown';
}

function firstOf(system: System, names: readonly string[]): string | undefined {
  // Distributions put servers where a user's PATH often does not look.
  const path = [system.env['PATH'] ?? '', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].join(
    system.platform === 'win32' ? ';' : ':',
  );
  for (const name of names) {
    const found = system.processes.which(name, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A server without TLS refuses the TLS directive; one with it goes on to the made-up one. Both end at once, before listening. */
async function redisHasTls(system: System, path: string): Promise<boolean> {
  const input = 'port 0\ntls-port 0\ntls-prefer-server-ciphers no\nopta-made-up yes\n';
  const { stdout, stderr } = await system.processes.run([path, '-'], { input, timeoutMs: 30_000 });
  return `${stdout}${stderr}`.includes('opta-made-up');
}

/** The one that opta brings, where it runs: its programs for Linux need glibc. */
async function pinnedValkey(system: System, dataFolder: string): Promise<ServerFact | undefined> {
  if (system.platform === 'linux' && (await readdir('/lib')).some((name) => name.startsWith('ld-musl')))
    return undefined;
  const [{ openArtifacts }, { readSettings }] = await Promise.all([
    import('../../../platform/artifacts.ts'),
    import('../../../system/settings.ts'),
  ]);
  const artifacts = await openArtifacts(system, { dataFolder, settings: await readSettings(system), parts: [] });
  const path = artifacts.binaryPlace('valkey-server');
  if (path === undefined) return undefined;
  const { version } = artifacts.pins.binaries['valkey-server'];
  const fetch = (options: DownloadOptions) => artifacts.binary('valkey-server', options);
  // Its build has no TLS; the resource says so.
  return { path, flavour: 'valkey', version, tls: false, fetch };
}

async function findRedis(system: System, dataFolder: string): Promise<ServerFact | undefined> {
  const path = firstOf(system, ['valkey-server', 'redis-server']);
  if (path === undefined) return pinnedValkey(system, dataFolder);
  const [version, tls] = await Promise.all([firstVersion(system, path), redisHasTls(system, path)]);
  return { path, flavour: path.includes('valkey') ? 'valkey' : 'redis', version, tls };
}

async function findMysql(system: System): Promise<ServerFact | undefined> {
  const path = firstOf(system, ['mariadbd', 'mysqld']);
  if (path === undefined) return undefined;
  const { stdout, stderr } = await system.processes.run([path, '--version'], { timeoutMs: 30_000 });
  const said = stdout + stderr;
  const version = /\bVer (\d+\.\d+\.\d+)/.exec(said)?.[1] ?? 'unknown';
  const installer = firstOf(system, ['mariadb-install-db', 'mysql_install_db']);
  const mariadb = /mariadb/i.test(said);
  const made = mariadb && installer !== undefined ? { installer } : {};
  return { path, flavour: mariadb ? 'mariadb' : 'mysql', version, tls: true, ...made };
}

async function findMongodb(system: System): Promise<ServerFact | undefined> {
  const path = firstOf(system, ['mongod']);
  if (path === undefined) return undefined;
  return { path, flavour: 'mongodb', version: await firstVersion(system, path), tls: true };
}

function findMoto(system: System): ServerFact | undefined {
  const path = firstOf(system, ['moto_server']);
  return path === undefined ? undefined : { path, flavour: 'moto', version: 'unknown', tls: false };
}

async function osRelease(system: System): Promise<string | undefined> {
  if (system.platform !== 'linux') return undefined;
  return readFile('/etc/os-release', 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** The folder of pins in the package that `self` is the bin of: `<package>/src/opta.cjs`. */
export const dataFolderOf = ([, bin = '']: readonly string[]) => join(dirname(dirname(bin)), 'kind');

/** Asks only for what `types` need, all at once. `cache` is the user's folder, `data` the one with versions.yaml. */
export async function readFacts(
  system: System,
  types: readonly ResourceName[],
  folders: { readonly cache: string; readonly data: string },
): Promise<Facts> {
  const needs = (...names: readonly ResourceName[]) => names.some((name) => types.includes(name));
  const [account, postgres, redis, mysql, mongodb, release] = await Promise.all([
    needs('postgres') ? readAccount(system) : ({ kind: 'own' } as const),
    needs('postgres') ? findPostgres(system, folders.cache) : undefined,
    needs('redis') ? findRedis(system, folders.data) : undefined,
    needs('mysql') ? findMysql(system) : undefined,
    needs('mongodb', 'documentdb', 'mongodb-atlas') ? findMongodb(system) : undefined,
    osRelease(system),
  ]);
  const moto = needs('bucket', 'queue', 'topic', 'dynamodb') ? findMoto(system) : undefined;
  return {
    isRoot: system.uid === 0,
    packageSystem: packageSystemOf(system.platform, release),
    account,
    ...(postgres && { postgres }),
    ...(redis && { redis }),
    ...(mysql && { mysql }),
    ...(mongodb && { mongodb }),
    ...(moto && { moto }),
    env: { PATH: system.env['PATH'] ?? '', HOME: system.home },
  };
}
