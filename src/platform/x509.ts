/** Makes X.509 certificates with ECDSA P-256 keys, the only kind that Linkerd takes. */
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateProfile {
  readonly commonName: string;
  /** Names and addresses it is valid for. */
  readonly hosts?: readonly string[];
  readonly days: number;
  /** Milliseconds before now that it begins, for clocks that go slow; part of `days`. Default: an hour. */
  readonly skewMs?: number;
  /** It may issue others; `pathLength` 0 is leaves only. */
  readonly authority?: { readonly pathLength?: number };
  readonly purposes?: readonly ('server' | 'client')[];
}

const day = 86_400_000;
const hour = 3_600_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };
const purposeIds = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' };

function pem(label: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

async function loadX509() {
  // The library's dependency injection wants this first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  return x509;
}

/** Signed by `issuer`, or by itself when there is none. `now` is milliseconds since 1970 UTC. */
export async function makeCertificate(profile: CertificateProfile, now: number, issuer?: KeyPair): Promise<KeyPair> {
  const [x509, keys] = await Promise.all([
    loadX509(),
    webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
  ]);
  const parent = issuer && new x509.X509Certificate(issuer.certificate);
  const signingKey = issuer
    ? await webcrypto.subtle.importKey('pkcs8', bytesOf(issuer.key), algorithm, false, ['sign'])
    : keys.privateKey;
  const { authority, hosts = [], purposes = [], skewMs = hour } = profile;
  const usage = authority
    ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
    : x509.KeyUsageFlags.digitalSignature;
  const names = hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }) as const);
  const subject = [{ CN: [profile.commonName] }];
  const serial = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  // Positive, and of the same length always.
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject,
    issuer: parent?.subjectName ?? subject,
    notBefore: new Date(now - skewMs),
    notAfter: new Date(now - skewMs + profile.days * day),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(authority !== undefined, authority?.pathLength, true),
      new x509.KeyUsagesExtension(usage, true),
      ...(purposes.length > 0 ? [new x509.ExtendedKeyUsageExtension(purposes.map((p) => purposeIds[p]))] : []),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(parent?.publicKey ?? keys.publicKey),
    ],
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
  };
}
