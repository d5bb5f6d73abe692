/** Finds the places on this machine that keep trusted authorities. Changes nothing. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { System } from '../../system/system.ts';

/** How a Linux distribution takes an authority: a file in a folder, then a command. */
export interface LinuxStore {
  /** Absolute, with the root prefix. */
  readonly folder: string;
  /** Full path of the command, and its arguments. */
  readonly update: readonly string[];
  readonly updateAfterRemoval: readonly string[];
  /** What the command makes; absent where it is not known. */
  readonly bundle: string;
}

export interface TrustSurvey {
  readonly platform: NodeJS.Platform;
  readonly linux: LinuxStore | undefined;
  /** Folders of NSS databases: Firefox profiles, and Chromium's. */
  readonly nss: readonly string[];
  /** NSS's certutil, full path. */
  readonly certutil: string | undefined;
  /** Under WSL: Windows' certutil.exe, full path. */
  readonly windowsCertutil: string | undefined;
  readonly installCertutil: string;
}

/** Folder, command, argument of the command after a removal, bundle. First that exists wins; the order is mkcert's. */
const linuxKinds = [
  ['/etc/pki/ca-trust/source/anchors', ['update-ca-trust', 'extract'], [], '/etc/pki/tls/certs/ca-bundle.crt'],
  ['/usr/local/share/ca-certificates', ['update-ca-certificates'], ['--fresh'], '/etc/ssl/certs/ca-certificates.crt'],
  ['/etc/ca-certificates/trust-source/anchors', ['trust', 'extract-compat'], [], '/etc/ssl/certs/ca-certificates.crt'],
  ['/usr/share/pki/trust/anchors', ['update-ca-certificates'], [], '/var/lib/ca-certificates/ca-bundle.pem'],
] as const;

const firefoxFolders = [
  '.mozilla/firefox',
  '.config/mozilla/firefox',
  'snap/firefox/common/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/.mozilla/firefox',
  'Library/Application Support/Firefox/Profiles',
];
const chromiumFolders = ['.pki/nssdb', 'snap/chromium/current/.pki/nssdb'];

/** The package that brings NSS's certutil, by the package manager that is there. */
const certutilPackages = [
  ['apt-get', 'sudo apt-get install libnss3-tools'],
  ['dnf', 'sudo dnf install nss-tools'],
  ['apk', 'sudo apk add nss-tools'],
  ['pacman', 'sudo pacman -S nss'],
  ['zypper', 'sudo zypper install mozilla-nss-tools'],
  ['brew', 'brew install nss'],
] as const;

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}

async function linuxStore(system: System, root: string): Promise<LinuxStore | undefined> {
  for (const [folder, [name, ...args], afterRemoval, bundle] of linuxKinds) {
    const command = system.processes.which(name);
    if (command === undefined || !(await exists(join(root, folder)))) continue;
    const update = [command, ...args];
    return {
      folder: join(root, folder),
      update,
      updateAfterRemoval: [...update, ...afterRemoval],
      bundle: join(root, bundle),
    };
  }
  return undefined;
}

async function nssDatabases(home: string): Promise<string[]> {
  const profiles = await Promise.all(firefoxFolders.map((folder) => foldersIn(join(home, folder))));
  const candidates = [...chromiumFolders.map((folder) => join(home, folder)), ...profiles.flat()];
  const present = await Promise.all(candidates.map((folder) => exists(join(folder, 'cert9.db'))));
  return candidates.filter((_, i) => present[i]);
}

async function underWsl(system: System): Promise<boolean> {
  if (system.env.WSL_DISTRO_NAME) return true;
  return /microsoft/i.test(await readFile('/proc/sys/kernel/osrelease', 'utf8').catch(() => ''));
}

/** `root` stands before the system's folders; it is '' but for tests. */
export async function surveyTrust(system: System, root = ''): Promise<TrustSurvey> {
  const { platform, processes } = system;
  const linux = platform === 'linux';
  const installer = certutilPackages.find(([manager]) => processes.which(manager) !== undefined);
  return {
    platform,
    linux: linux ? await linuxStore(system, root) : undefined,
    nss: platform === 'win32' ? [] : await nssDatabases(system.home),
    certutil: platform === 'win32' ? undefined : processes.which('certutil'),
    windowsCertutil: linux && (await underWsl(system)) ? processes.which('certutil.exe') : undefined,
    installCertutil: installer?.[1] ?? 'install the NSS tools of your system',
  };
}
