/** What needs no cluster: state folder, authority, certificates, passwords. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../../../engine/step.ts';
import { ingressHosts, issueServerCertificate, openAuthority, readAuthority } from '../../../platform/certificates.ts';
import { certificateNames } from '../../../platform/manifests.ts';
import { openSecrets } from '../../../platform/secrets.ts';
import { writeTrustFiles } from '../../../platform/trust-files.ts';
import { prepareFolder } from '../folder.ts';
import { writeHosts } from '../registry.ts';
import { type Session, step } from './session.ts';

export function stateStep({ situation }: Session): Step {
  const { folder, ports } = situation;
  return step({
    id: 'state',
    title: 'state folder .opta/kind',
    kind: 'change',
    facts: { ports },
    async run() {
      await prepareFolder(folder);
      const changed = await writeHosts(folder, ports.registry);
      return changed ? undefined : 'unchanged';
    },
  });
}

export function authorityStep(): Step {
  return step({
    id: 'authority',
    title: 'local certificate authority',
    kind: 'change',
    isDone: async ({ system }) => (await readAuthority(system)) !== undefined,
    async run({ system }) {
      await openAuthority(system);
      return undefined;
    },
  });
}

export function certificatesStep(session: Session): Step {
  const { app, situation } = session;
  const { folder } = situation;
  const hosts = ingressHosts(
    app.layers.map(({ name }) => name),
    app.services.flatMap(({ routes }) => routes.map(({ host }) => host)),
  );
  return step({
    id: 'certificates',
    title: 'certificates and passwords',
    kind: 'change',
    needs: ['state', 'authority'],
    facts: { hosts },
    async run({ system }) {
      const authority = await openAuthority(system);
      const secrets = openSecrets(folder.secrets);
      const [issued, trust] = await Promise.all([
        issueServerCertificate(system, authority, hosts, folder.certificates),
        writeTrustFiles(system, authority, folder.certificates),
      ]);
      let { changed } = issued;
      const texts = async (files: { readonly certificateFile: string; readonly keyFile: string }) => {
        const [certificate, key] = await Promise.all([
          readFile(files.certificateFile, 'utf8'),
          readFile(files.keyFile, 'utf8'),
        ]);
        return { certificate, key };
      };
      for (const resource of app.resources) {
        const own = join(folder.path, 'certificates', resource.id.replace('/', '.'));
        const files = await issueServerCertificate(system, authority, certificateNames(resource), own);
        changed ||= files.changed;
        session.certificates.set(resource.id, { authority: authority.certificate, ...(await texts(files)) });
        session.passwords.set(resource.id, await secrets.get(`${resource.id}.password`));
      }
      session.ingress = await texts(issued);
      session.trust = { authority: authority.certificate, bundle: await readFile(trust.bundleFile, 'utf8') };
      return changed ? undefined : 'unchanged';
    },
  });
}
