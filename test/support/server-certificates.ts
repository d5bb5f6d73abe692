/** A CA and a certificate for localhost and 127.0.0.1, as PEM files in a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from '../../src/platform/x509.ts';
import type { Certificates } from '../../src/targets/process/resources/realisation.ts';

export async function serverCertificates(folder: string): Promise<Certificates> {
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
  return files;
}
