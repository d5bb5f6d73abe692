import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  authorityFolder,
  ingressHosts,
  issueServerCertificate,
  openAuthority,
} from '../../../src/platform/certificates.ts';
import { trustVariables, writeTrustFiles } from '../../../src/platform/trust-files.ts';
import { makeCertificate } from '../../../src/platform/x509.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import type { System } from '../../../src/system/system.ts';

const day = 86_400_000;
let folder: string;
let system: System;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-certificates-'));
  const real = nodeSystem();
  system = { ...real, env: { ...real.env, OPTA_DATA_DIR: join(folder, 'data'), NODE_EXTRA_CA_CERTS: undefined } };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function inDays(days: number): System {
  return { ...system, clock: { ...system.clock, now: () => Date.now() + days * day } };
}

const project = () => join(folder, 'project', '.opta', 'certificates');
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('the authority is made once, private, for ten years', async () => {
  const made = await openAuthority(system);
  const certificate = new X509Certificate(made.certificate);
  expect(certificate.ca).toBe(true);
  expect(certificate.subject).toMatch(/^CN=opta local CA [0-9a-f]{8}$/);
  expect((certificate.validToDate.getTime() - Date.now()) / day).toBeGreaterThan(3600);
  expect(await modeOf(authorityFolder(system))).toBe('700');
  expect(await modeOf(join(authorityFolder(system), 'ca-key.pem'))).toBe('600');
  expect(await openAuthority(system)).toEqual(made);
});

test('runs that start at once get the same authority, and leave nothing behind', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => openAuthority(system)));
  expect(new Set(all.map((a) => a.certificate)).size).toBe(1);
  expect(await readdir(join(folder, 'data'))).toEqual(['ca']);
});

test('an authority that lost its key, or is about to end, is replaced', async () => {
  const first = await openAuthority(system);
  await rm(join(authorityFolder(system), 'ca-key.pem'));
  const second = await openAuthority(system);
  expect(second.certificate).not.toBe(first.certificate);
  expect((await openAuthority(inDays(3640))).certificate).not.toBe(second.certificate);
});

test('a server certificate is for its hosts, below the authority, and kept while it does', async () => {
  const authority = await openAuthority(system);
  const hosts = ingressHosts(['back'], ['*', 'Shop.test', 'back.localhost']);
  const first = await issueServerCertificate(system, authority, hosts, project());
  const certificate = new X509Certificate(await readFile(first.certificateFile));
  for (const host of ['back.localhost', 'x.back.localhost', 'localhost', 'shop.test']) {
    expect(certificate.checkHost(host)).toBeDefined();
  }
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkHost('other.test')).toBeUndefined();
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(certificate.validToDate.getTime() - certificate.validFromDate.getTime()).toBeLessThanOrEqual(397 * day);
  expect(await modeOf(first.keyFile)).toBe('600');
  createSecureContext({ cert: await readFile(first.certificateFile), key: await readFile(first.keyFile) });
  expect((await issueServerCertificate(system, authority, [...hosts].reverse(), project())).changed).toBe(false);
});

test('a server certificate is reissued for other hosts, near its end, or from another authority', async () => {
  const authority = await openAuthority(system);
  await issueServerCertificate(system, authority, ['a.localhost'], project());
  expect((await issueServerCertificate(system, authority, ['b.localhost'], project())).changed).toBe(true);
  expect((await issueServerCertificate(inDays(360), authority, ['b.localhost'], project())).changed).toBe(false);
  expect((await issueServerCertificate(inDays(370), authority, ['b.localhost'], project())).changed).toBe(true);
  await rm(authorityFolder(system), { recursive: true });
  const other = await openAuthority(system);
  expect((await issueServerCertificate(system, other, ['b.localhost'], project())).changed).toBe(true);
});

test('an issuer below the root may issue leaves only, as Linkerd wants it', async () => {
  const root = await openAuthority(system);
  const profile = { commonName: 'identity.linkerd.cluster.local', days: 365, authority: { pathLength: 0 } };
  const issuer = new X509Certificate((await makeCertificate(profile, Date.now(), root)).certificate);
  expect(issuer.ca).toBe(true);
  expect(issuer.checkIssued(new X509Certificate(root.certificate))).toBe(true);
  expect(issuer.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
});

test('child processes trust the roots that the system has, ours, and what the user added', async () => {
  const authority = await openAuthority(system);
  const mine = join(folder, 'mine.pem');
  await writeFile(mine, 'MINE\n');
  const files = await writeTrustFiles(
    { ...system, env: { ...system.env, NODE_EXTRA_CA_CERTS: mine } },
    authority,
    project(),
  );
  const bundle = await readFile(files.bundleFile, 'utf8');
  expect(bundle.split('BEGIN CERTIFICATE').length).toBeGreaterThan(20);
  expect(bundle.endsWith(authority.certificate)).toBe(true);
  expect(await readFile(files.extraFile, 'utf8')).toBe(`MINE\n${authority.certificate}`);
  expect(trustVariables(files).SSL_CERT_FILE).toBe(files.bundleFile);
  const { mtimeMs } = await stat(files.bundleFile);
  await writeTrustFiles(system, authority, project());
  expect((await stat(files.bundleFile)).mtimeMs).toBe(mtimeMs);
});
