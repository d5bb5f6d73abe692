/** Certificates and raw TLS clients of a mesh, good ones and bad ones. */
import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { identityOf } from '../../src/app/identity.ts';
import { type KeyPair, makeCertificate } from '../../src/platform/x509.ts';
import type { MeshMetrics } from '../../src/targets/process/mesh-metrics.ts';
import type { TestPlane } from './data-plane.ts';

const hour = 3_600_000;

export async function meshOf(plane: TestPlane): Promise<MeshMetrics> {
  const reply = await plane.request({ type: 'metrics' });
  if (!reply.ok || reply.mesh === undefined) throw new Error('no metrics');
  return reply.mesh;
}

export async function sidecarPort(plane: TestPlane, upstream: string, replica = 0): Promise<number> {
  const found = (await meshOf(plane)).sidecars.find((one) => one.upstream === upstream && one.replica === replica);
  if (found === undefined) throw new Error(`${upstream} has no sidecar ${replica}`);
  return found.port;
}

/** A leaf of the plane's own issuer, with the issuer behind it; `ageMs` ago it was issued for a day. */
export async function leafOf(plane: TestPlane, service: string, ageMs = 0): Promise<KeyPair> {
  const { issuerFile, issuerKeyFile } = plane.config.mesh;
  const [certificate, key] = await Promise.all([readFile(issuerFile, 'utf8'), readFile(issuerKeyFile, 'utf8')]);
  return leaf(service, { certificate, key }, ageMs);
}

/** A leaf with the right name under a root of its own. */
export async function strangeLeaf(service: string): Promise<KeyPair> {
  const root = await makeCertificate({ commonName: 'another root', days: 10, authority: {} }, Date.now());
  return leaf(service, root, 0);
}

async function leaf(service: string, issuer: KeyPair, ageMs: number): Promise<KeyPair> {
  const name = identityOf(service);
  const profile = { commonName: name, hosts: [name], days: 1, skewMs: hour, purposes: ['client', 'server'] as const };
  const made = await makeCertificate(profile, Date.now() - ageMs, issuer);
  return { certificate: made.certificate + issuer.certificate, key: made.key };
}

/** Connects to a sidecar and sends `text`; resolves with what came back, rejects when the connection is refused. */
export function tell(
  plane: TestPlane,
  port: number,
  client: KeyPair | undefined,
  text = 'GET / HTTP/1.1\r\nhost: web.back\r\nconnection: close\r\n\r\n',
  options: ConnectionOptions = {},
): Promise<{ readonly answer: string; readonly protocol: string | null; readonly server: X509Certificate }> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = tlsConnect({
      host: '127.0.0.1',
      port,
      ca: plane.ca,
      checkServerIdentity: () => undefined,
      ...(client && { cert: client.certificate, key: client.key }),
      ...options,
    });
    let answer = '';
    let seen: X509Certificate | undefined;
    let protocol: string | null = null;
    socket.once('secureConnect', () => {
      seen = socket.getPeerX509Certificate();
      protocol = socket.getProtocol();
      socket.write(text);
    });
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      if (seen === undefined || answer === '') reject(new Error('closed without an answer'));
      else resolve({ answer, protocol, server: seen });
    });
  });
}
