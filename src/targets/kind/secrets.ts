/** What is secret in a project's cluster: passwords and certificates, made once and kept in its `.opta`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../app/app.ts';
import { ingressHosts, issueServerCertificate, openAuthority } from '../../platform/certificates.ts';
import { certificateNames, type SecretSource, type ServerCertificate } from '../../platform/manifests.ts';
import { openSecrets } from '../../platform/secrets.ts';
import { writeTrustFiles } from '../../platform/trust-files.ts';
import type { System } from '../../system/system.ts';
import type { KindFolder } from './folder.ts';

export interface LocalSecrets {
  /** By resource id. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly certificates: ReadonlyMap<string, ServerCertificate>;
  readonly trust: { readonly authority: string; readonly bundle: string };
  /** PEM texts of the ingress's certificate. */
  readonly ingress: { readonly certificate: string; readonly key: string };
  /** Something was made or renewed. */
  readonly changed: boolean;
}

/** Names that the certificate of the ingress carries. */
export function ingressNames(app: App): readonly string[] {
  const layers = app.layers.map(({ name }) => name);
  return ingressHosts(
    layers,
    app.services.flatMap(({ routes }) => routes.map(({ host }) => host)),
  );
}

/** Reads them, and makes what is not there. */
export async function localSecrets(system: System, app: App, folder: KindFolder): Promise<LocalSecrets> {
  const authority = await openAuthority(system);
  const secrets = openSecrets(folder.secrets);
  const [issued, trust] = await Promise.all([
    issueServerCertificate(system, authority, ingressNames(app), folder.certificates),
    writeTrustFiles(system, authority, folder.certificates),
  ]);
  const texts = async (files: { readonly certificateFile: string; readonly keyFile: string }) => {
    const [certificate, key] = await Promise.all([
      readFile(files.certificateFile, 'utf8'),
      readFile(files.keyFile, 'utf8'),
    ]);
    return { certificate, key };
  };
  let { changed } = issued;
  const passwords = new Map<string, string>();
  const certificates = new Map<string, ServerCertificate>();
  for (const resource of app.resources) {
    const own = join(folder.path, 'certificates', resource.id.replace('/', '.'));
    const files = await issueServerCertificate(system, authority, certificateNames(resource), own);
    changed ||= files.changed;
    certificates.set(resource.id, { authority: authority.certificate, ...(await texts(files)) });
    passwords.set(resource.id, await secrets.get(`${resource.id}.password`));
  }
  const bundle = await readFile(trust.bundleFile, 'utf8');
  return {
    ...{ passwords, certificates, changed },
    trust: { authority: authority.certificate, bundle },
    ingress: await texts(issued),
  };
}

/** As manifests ask for them. `read` is called when the first is asked for. */
export function secretSource(read: () => LocalSecrets): SecretSource {
  const outside = (id: string): never => {
    throw new Error(`${id} is no resource of the cluster`);
  };
  const known = <T>(value: T | undefined, id: string): T => value ?? outside(id);
  return {
    password: (id) => known(read().passwords.get(id), id),
    certificate: (id) => known(read().certificates.get(id), id),
    output: outside,
    authority: outside,
  };
}
