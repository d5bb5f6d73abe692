/** Certificates of the platform, kept in files and made anew before they end. */
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { System } from '../../system/system.ts';
import { writeWhole } from '../certificates.ts';
import { type CertificateProfile, type KeyPair, makeCertificate } from '../x509.ts';

const day = 86_400_000;
/** Made anew when fewer days are left. */
export const renewDays = 30;

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export interface KeptKey extends KeyPair {
  /** True when this run made it. */
  readonly renewed: boolean;
}

/** Signed by `issuer` and good for 30 more days. Without an issuer: by itself. */
function stillGood(certificate: string, now: number, issuer?: KeyPair): boolean {
  const read = new X509Certificate(certificate);
  if (read.validToDate.getTime() - now < renewDays * day) return false;
  if (issuer === undefined) return true;
  const parent = new X509Certificate(issuer.certificate);
  return read.checkIssued(parent) && read.verify(parent.publicKey);
}

/** The certificate `<name>.pem` of `folder` with its key; made when it is absent, ends soon, or is another issuer's. */
export async function keptKey(
  system: System,
  folder: string,
  name: string,
  profile: CertificateProfile,
  issuer?: KeyPair,
): Promise<KeptKey> {
  const files = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
  const [certificate, key] = await Promise.all([read(files.certificate), read(files.key)]);
  const now = system.clock.now();
  if (certificate !== undefined && key !== undefined && stillGood(certificate, now, issuer)) {
    return { certificate, key, renewed: false };
  }
  const made = await makeCertificate(profile, now, issuer);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(files.key, made.key, 0o600);
  await writeWhole(files.certificate, made.certificate, 0o600);
  return { ...made, renewed: true };
}

/** A webhook's own authority and its server certificate. */
export async function webhookKey(
  system: System,
  folder: string,
  name: string,
  service: { readonly name: string; readonly namespace: string },
): Promise<{ readonly authority: string; readonly server: KeyPair }> {
  const host = `${service.name}.${service.namespace}.svc`;
  const root = { commonName: `${service.name} webhooks`, days: 3650, authority: { pathLength: 0 } };
  const authority = await keptKey(system, folder, `${name}-ca`, root);
  const profile = { commonName: host, hosts: [host], days: 3650, purposes: ['server'] } as const;
  const server = await keptKey(system, folder, name, profile, authority);
  return { authority: authority.certificate, server };
}

/** A Secret of type kubernetes.io/tls. */
export function tlsSecret(name: string, namespace: string, pair: KeyPair, more: Readonly<Record<string, string>> = {}) {
  const texts = { 'tls.crt': pair.certificate, 'tls.key': pair.key, ...more };
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'kubernetes.io/tls', data };
}
