/** The local certificate authority of this machine, and the certificates it issues for a project. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dataFolder } from '../system/folders.ts';
import type { System } from '../system/system.ts';
import { type KeyPair, makeCertificate } from './x509.ts';

const day = 86_400_000;
const authorityDays = 3650;
/** Browsers refuse more than 398 days (CA/Browser Forum, 2020-09). */
const serverDays = 397;
/** Reissued when fewer are left. */
const renewDays = 30;

export interface Authority extends KeyPair {
  /** PEM, for those who shall trust it. */
  readonly certificateFile: string;
}

export interface IssuedFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** False when the files of before still do. */
  readonly changed: boolean;
}

/** The authority's folder, whether it exists or not. */
export function authorityFolder(system: System): string {
  return join(dataFolder(system), 'ca');
}

async function readOrNothing(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The authority as it is on disk; undefined when there is none, or it ends within 30 days. */
export async function readAuthority(system: System): Promise<Authority | undefined> {
  const folder = authorityFolder(system);
  const certificateFile = join(folder, 'ca.pem');
  const [certificate, key] = await Promise.all([
    readOrNothing(certificateFile),
    readOrNothing(join(folder, 'ca-key.pem')),
  ]);
  if (certificate === undefined || key === undefined || daysLeft(certificate, system) < renewDays) return undefined;
  return { certificate, key, certificateFile };
}

/** The authority of this machine, made when there is none. Two runs that start at once get the same one. */
export async function openAuthority(system: System): Promise<Authority> {
  const known = await readAuthority(system);
  if (known !== undefined) return known;
  const name = randomBytes(4).toString('hex');
  // The name differs between machines: trust stores tell authorities apart by it.
  const profile = { commonName: `opta local CA ${name}`, days: authorityDays, authority: {} };
  const made = await makeCertificate(profile, system.clock.now());
  const folder = authorityFolder(system);
  const draft = `${folder}.${name}`;
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(join(draft, 'ca-key.pem'), made.key, { mode: 0o600 });
  await writeFile(join(draft, 'ca.pem'), made.certificate, { mode: 0o644 });
  try {
    return await publish(system, draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A rename onto a folder with files in it fails: so the first run wins. */
async function publish(system: System, draft: string, folder: string): Promise<Authority> {
  try {
    await rename(draft, folder);
  } catch (error) {
    const known = await readAuthority(system);
    if (known !== undefined) return known;
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    // What is there is of no use: expired, or half of it is gone.
    await rename(folder, `${folder}.old-${randomBytes(4).toString('hex')}`);
    await rename(draft, folder);
  }
  const made = await readAuthority(system);
  if (made === undefined) throw new Error(`no usable authority in ${folder}`);
  return made;
}

function daysLeft(certificate: string, system: System): number {
  return (new X509Certificate(certificate).validToDate.getTime() - system.clock.now()) / day;
}

/** Names and addresses of a certificate, sorted. */
function hostsOf(certificate: X509Certificate): string {
  const names = (certificate.subjectAltName ?? '').split(', ').map((n) => n.replace(/^(DNS|IP Address):/, ''));
  return names.sort().join(' ');
}

function stillDoes(text: string, authority: Authority, hosts: readonly string[], system: System): boolean {
  const certificate = new X509Certificate(text);
  const issuer = new X509Certificate(authority.certificate);
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false;
  return daysLeft(text, system) >= renewDays && hostsOf(certificate) === [...new Set(hosts)].sort().join(' ');
}

/** Hosts that the certificate of a project's ingress is for: each layer's, this machine's, and those of `public_uri`. */
export function ingressHosts(layers: readonly string[], routeHosts: readonly string[]): string[] {
  const ofLayers = layers.flatMap((layer) => [`${layer}.localhost`, `*.${layer}.localhost`]);
  const written = routeHosts.filter((host) => host !== '*').map((host) => host.toLowerCase());
  return [...new Set(['localhost', '127.0.0.1', ...ofLayers, ...written])];
}

/** A certificate for TLS servers in `folder` (`server.pem`, `server-key.pem`), kept while it is good for `hosts`. */
export async function issueServerCertificate(
  system: System,
  authority: Authority,
  hosts: readonly string[],
  folder: string,
): Promise<IssuedFiles> {
  const certificateFile = join(folder, 'server.pem');
  const keyFile = join(folder, 'server-key.pem');
  const [certificate, key] = await Promise.all([readOrNothing(certificateFile), readOrNothing(keyFile)]);
  if (certificate !== undefined && key !== undefined && stillDoes(certificate, authority, hosts, system)) {
    return { certificateFile, keyFile, changed: false };
  }
  const profile = { commonName: hosts[0] ?? 'localhost', hosts: [...new Set(hosts)], days: serverDays };
  const made = await makeCertificate({ ...profile, purposes: ['server'] }, system.clock.now(), authority);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(keyFile, made.key, 0o600);
  await writeWhole(certificateFile, made.certificate, 0o600);
  return { certificateFile, keyFile, changed: true };
}

/** The name that Linkerd asks its issuer to bear. */
const issuerName = 'identity.linkerd.cluster.local';
const issuerDays = 365;

/** The issuer of a project's identities in `folder` (`issuer.pem`, `issuer-key.pem`); it issues leaves only. */
export async function issueIdentityIssuer(system: System, authority: Authority, folder: string): Promise<IssuedFiles> {
  const certificateFile = join(folder, 'issuer.pem');
  const keyFile = join(folder, 'issuer-key.pem');
  const [certificate, key] = await Promise.all([readOrNothing(certificateFile), readOrNothing(keyFile)]);
  if (certificate !== undefined && key !== undefined && stillDoes(certificate, authority, [], system)) {
    return { certificateFile, keyFile, changed: false };
  }
  const profile = { commonName: issuerName, days: issuerDays, authority: { pathLength: 0 } };
  const made = await makeCertificate(profile, system.clock.now(), authority);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(keyFile, made.key, 0o600);
  await writeWhole(certificateFile, made.certificate, 0o600);
  return { certificateFile, keyFile, changed: true };
}

/** Replaces a file at once, so that a reader never sees half of it. */
export async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, text, { mode });
  await chmod(draft, mode);
  await rename(draft, file);
}
