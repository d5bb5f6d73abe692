/** Files that make our child processes trust the local authority beside what the system trusts. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { System } from '../system/system.ts';
import { type Authority, writeWhole } from './certificates.ts';

/** Where Linux distributions keep the bundle: Debian and Alpine, Fedora, openSUSE, Alpine. */
const linuxBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

export interface TrustFiles {
  /** The system's roots and ours. */
  readonly bundleFile: string;
  /** For NODE_EXTRA_CA_CERTS: ours, and what the user had there. */
  readonly extraFile: string;
}

async function readFirst(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOTDIR') throw error;
    }
  }
  return undefined;
}

async function systemRoots(system: System): Promise<string> {
  const chosen = system.env.SSL_CERT_FILE ? [system.env.SSL_CERT_FILE] : [];
  const text = await readFirst([...chosen, ...(system.platform === 'linux' ? linuxBundles : [])]);
  if (text !== undefined) return text;
  const tls = await import('node:tls');
  const stores = system.platform === 'linux' ? ['bundled'] : ['bundled', 'system'];
  const all = stores.flatMap((store) => tls.getCACertificates(store as 'bundled' | 'system'));
  return [...new Set(all.map((certificate) => certificate.trim()))].join('\n');
}

async function writeChanged(file: string, text: string): Promise<void> {
  if ((await readFirst([file])) !== text) await writeWhole(file, text, 0o600);
}

/** Where they are, whether they exist or not. */
export function trustFilesIn(folder: string): TrustFiles {
  return { bundleFile: join(folder, 'ca-bundle.pem'), extraFile: join(folder, 'ca-extra.pem') };
}

/** Writes both files into `folder`, when they changed. */
export async function writeTrustFiles(system: System, authority: Authority, folder: string): Promise<TrustFiles> {
  const { bundleFile, extraFile } = trustFilesIn(folder);
  const before = system.env.NODE_EXTRA_CA_CERTS;
  const [roots, extra] = await Promise.all([systemRoots(system), before ? readFirst([before]) : undefined]);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await Promise.all([
    writeChanged(bundleFile, `${roots.trimEnd()}\n${authority.certificate}`),
    writeChanged(
      extraFile,
      extra === undefined ? authority.certificate : `${extra.trimEnd()}\n${authority.certificate}`,
    ),
  ]);
  return { bundleFile, extraFile };
}

/** Environment variables by which Node, OpenSSL, Go, Python's requests and curl take the files. */
export function trustVariables(files: TrustFiles): Record<string, string> {
  return {
    NODE_EXTRA_CA_CERTS: files.extraFile,
    SSL_CERT_FILE: files.bundleFile,
    REQUESTS_CA_BUNDLE: files.bundleFile,
  };
}
