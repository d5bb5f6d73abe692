/** Linkerd's certificates: one root that is kept for ten years, an issuer below it, and its three webhooks. */
import { X509Certificate } from 'node:crypto';
import type { KubernetesObject, V1Secret } from '@kubernetes/client-node';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import type { ClusterClient } from '../cluster.ts';
import type { Values } from '../values.ts';
import type { KeyPair } from '../x509.ts';
import { keptKey, tlsSecret, webhookKey } from './keys.ts';

export const namespace = 'linkerd';
const issuerSecret = 'linkerd-identity-issuer';
const issuerName = 'mesh-issuer';
/** In the folder of keys. */
export const issuerFile = `${issuerName}.pem`;

/** Value of the chart, service, and Secret of each webhook. */
const webhooks = [
  { value: 'proxyInjector', name: 'linkerd-proxy-injector' },
  { value: 'profileValidator', name: 'linkerd-sp-validator' },
  { value: 'policyValidator', name: 'linkerd-policy-validator' },
] as const;

export interface LinkerdKeys {
  readonly root: KeyPair;
  readonly issuer: KeyPair;
  readonly webhooks: readonly {
    readonly value: string;
    readonly authority: string;
    readonly secret: KubernetesObject;
  }[];
}

/** Reads them from `folder`, and makes anew what ends within 30 days. */
export async function linkerdKeys(system: System, folder: string): Promise<LinkerdKeys> {
  // Linkerd takes ECDSA P-256 only, and an issuer that may sign leaves and nothing else.
  const rootProfile = { commonName: 'root.linkerd.cluster.local', days: 3650, authority: { pathLength: 1 } };
  const issuerProfile = { commonName: 'identity.linkerd.cluster.local', days: 365, authority: { pathLength: 0 } };
  const root = await keptKey(system, folder, 'mesh-root', rootProfile);
  const [issuer, ...asked] = await Promise.all([
    keptKey(system, folder, issuerName, issuerProfile, root),
    ...webhooks.map(async ({ value, name }) => {
      const { authority, server } = await webhookKey(system, folder, `mesh-${value}`, { name, namespace });
      return { value, authority, secret: tlsSecret(`${name}-k8s-tls`, namespace, server) as KubernetesObject };
    }),
  ]);
  return { root, issuer, webhooks: asked };
}

/** Values of the chart by which it takes these certificates and makes none of its own, which would differ each time. */
export function keyValues({ root, webhooks: asked }: LinkerdKeys): Values {
  const own = asked.map(({ value, authority }) => [value, { externalSecret: true, caBundle: authority }]);
  return { identityTrustAnchorsPEM: root.certificate, ...Object.fromEntries(own) };
}

/** Ours; the issuer's only when `rendered` brings none. Throws UserError `mesh-issuer-expired` for a brought one. */
export function keySecrets(
  { root, issuer, webhooks: asked }: LinkerdKeys,
  rendered: readonly KubernetesObject[],
  now: number,
): readonly KubernetesObject[] {
  const own = asked.map(({ secret }) => secret);
  const brought = rendered.find(({ kind, metadata }) => kind === 'Secret' && metadata?.name === issuerSecret);
  if (brought === undefined)
    return [tlsSecret(issuerSecret, namespace, issuer, { 'ca.crt': root.certificate }) as KubernetesObject, ...own];
  const { data } = brought as V1Secret;
  const text = data?.['tls.crt'] ?? data?.['crt.pem'];
  const end = text === undefined ? now : endOf(Buffer.from(text, 'base64'));
  if (end <= now) throw expired(end, ['Renew the issuer that the values of Linkerd in k8s-base bring.']);
  return own;
}

/** When the issuer in the cluster ends, in milliseconds since 1970; undefined without a mesh. */
export async function issuerEnd(client: ClusterClient, signal?: AbortSignal): Promise<number | undefined> {
  const found = await client.get({ apiVersion: 'v1', kind: 'Secret', name: issuerSecret, namespace }, signal);
  const text = (found as V1Secret | undefined)?.data?.['tls.crt'];
  return text === undefined ? undefined : endOf(Buffer.from(text, 'base64'));
}

const endOf = (certificate: string | Buffer): number => new X509Certificate(certificate).validToDate.getTime();

/** Throws UserError `mesh-issuer-expired` when it has: proxies say Running, and answer 503 when their own certificate ends. */
export async function assertIssuer(client: ClusterClient, now: number, signal?: AbortSignal): Promise<void> {
  const end = await issuerEnd(client, signal);
  if (end !== undefined && end <= now) throw expired(end, ['`opta dev up` makes a new one; no data is touched.']);
}

function expired(end: number, hints: readonly string[]): UserError {
  const since = new Date(end).toISOString().slice(0, 10);
  return new UserError('mesh-issuer-expired', `the mesh cannot renew certificates: its issuer expired on ${since}`, {
    detail: [`It is the Secret ${issuerSecret} in the namespace ${namespace}; calls between services fail with 503.`],
    hints,
  });
}
