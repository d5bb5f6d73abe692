/** What needs no cluster: state folder, authority, certificates, passwords. */
import type { Step } from '../../../engine/step.ts';
import { openAuthority, readAuthority } from '../../../platform/certificates.ts';
import { prepareFolder } from '../folder.ts';
import { writeHosts } from '../registry.ts';
import { ingressNames, localSecrets } from '../secrets.ts';
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
  return step({
    id: 'certificates',
    title: 'certificates and passwords',
    kind: 'change',
    needs: ['state', 'authority'],
    facts: { hosts: ingressNames(app) },
    async run({ system }) {
      session.secrets = await localSecrets(system, app, situation.folder);
      return session.secrets.changed ? undefined : 'unchanged';
    },
  });
}
