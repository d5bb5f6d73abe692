/** A CA, a certificate for localhost and 127.0.0.1, and an issuer of mesh identities, as PEM files in a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from '../../src/platform/x509.ts';
import type { DataPlaneConfig } from '../../src/targets/process/data-plane.ts';
import type { Certificates } from '../../src/targets/process/resources/realisation.ts';

export async function serverCertificates(
  folder: string,
): Promise<Certificates & { readonly mesh: DataPlaneConfig['mesh'] }> {
  const now = Date.now();
  const ca = await makeCertificate({ commonName: 'test CA', days: 2, authority: {} }, now);
  const hosts = ['localhost', '127.0.0.1'];
  const own = await makeCertificate({ commonName: 'localhost', hosts, days: 1, purposes: ['server'] }, now, ca);
  await mkdir(folder, { recursive: true });
  const files = {
    caFile: join(folder, 'ca.pem'),
    certificateFile: join(folder, 'server.pem'),
    keyFile: join(folder, 'server-key.pem'),
  };
  await writeFile(files.caFile, ca.certificate);
  await writeFile(files.certificateFile, own.certificate);
  await writeFile(files.keyFile, own.key, { mode: 0o600 });
  const profile = { commonName: 'identity.linkerd.cluster.local', days: 2, authority: { pathLength: 0 } };
  const issuer = await makeCertificate(profile, now, ca);
  const mesh = {
    rootFile: files.caFile,
    issuerFile: join(folder, 'issuer.pem'),
    issuerKeyFile: join(folder, 'issuer-key.pem'),
  };
  await writeFile(mesh.issuerFile, issuer.certificate);
  await writeFile(mesh.issuerKeyFile, issuer.key, { mode: 0o600 });
  return { ...files, mesh };
}
