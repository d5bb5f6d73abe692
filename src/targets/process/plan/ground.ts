/** The ground that everything stands on: state folder, authority, certificates, supervisor, data plane. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../../../engine/step.ts';
import {
  ingressHosts,
  issueIdentityIssuer,
  issueServerCertificate,
  openAuthority,
  readAuthority,
} from '../../../platform/certificates.ts';
import { writeTrustFiles } from '../../../platform/trust-files.ts';
import { dataPlaneConfig } from '../network.ts';
import { keepPorts, readPorts } from '../ports.ts';
import type { ProgramSpec } from '../spec.ts';
import { prepareStateFolder, recover, startSupervisor } from '../supervisor/index.ts';
import { clientOf, type Session, saysGone, step, watchServices } from './session.ts';

export const dataPlaneId = 'opta/data-plane';

/** Milliseconds until the data plane takes its configuration; it starts in about 100. */
const dataPlaneDeadline = 60_000;

export const certificatesFolder = (stateFolder: string): string => join(stateFolder, 'certificates');

const elsewhereFile = (stateFolder: string): string => join(stateFolder, 'elsewhere.json');

/** Folders outside of `.opta` that hold data, for `down --volumes`. A torn file counts as none. */
export async function readElsewhere(stateFolder: string): Promise<readonly string[]> {
  try {
    const found: unknown = JSON.parse(await readFile(elsewhereFile(stateFolder), 'utf8'));
    return Array.isArray(found) ? found.filter((folder) => typeof folder === 'string') : [];
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function stateStep({ situation, secrets }: Session, elsewhere: readonly string[]): Step {
  const { state, ports } = situation;
  // Those of resources that the definition no longer has stay known until `down --volumes`.
  const known = async () => readElsewhere(state.path);
  return step({
    id: 'state',
    title: 'state folder .opta',
    kind: 'change',
    async isDone() {
      // Secrets that cannot be read stop the run before anything starts.
      await secrets.values();
      const kept = await readPorts(state.path);
      const same = Object.keys({ ...kept, ...ports }).every((key) => kept[key] === ports[key]);
      const folders = await known();
      return same && elsewhere.every((folder) => folders.includes(folder));
    },
    async run() {
      prepareStateFolder(state);
      await keepPorts(state.path, ports);
      const folders = [...new Set([...(await known()), ...elsewhere])];
      await writeFile(elsewhereFile(state.path), `${JSON.stringify(folders)}\n`, { mode: 0o600 });
      return undefined;
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
  const { situation } = session;
  const { layers, services } = situation.whole;
  const routeHosts = services.flatMap(({ routes }) => routes.map(({ host }) => host));
  const hosts = ingressHosts(
    layers.map(({ name }) => name),
    routeHosts,
  );
  return step({
    id: 'certificates',
    title: 'certificates of the ingress and the databases',
    kind: 'change',
    needs: ['state', 'authority'],
    facts: { hosts },
    async run({ system }) {
      const authority = await openAuthority(system);
      const folder = certificatesFolder(situation.state.path);
      const [issued, issuer] = await Promise.all([
        issueServerCertificate(system, authority, hosts, folder),
        issueIdentityIssuer(system, authority, folder),
        writeTrustFiles(system, authority, folder),
      ]);
      session.certificatesChanged = issued.changed || issuer.changed;
      return session.certificatesChanged ? undefined : 'unchanged';
    },
  });
}

/** A supervisor of another version ends first: what it runs starts anew under this one. */
export function supervisorStep(session: Session): Step {
  const { situation } = session;
  const { projectFolder, self, version, detach } = situation;
  return step({
    id: 'supervisor',
    title: 'supervisor',
    kind: 'change',
    needs: ['state'],
    async run(context) {
      const { system, signal } = context;
      const start = () =>
        startSupervisor(system, projectFolder, { command: [...self, '--supervise', projectFolder], signal });
      let client = await start();
      if (client.hello.version !== version) {
        context.note(`the one of opta ${client.hello.version} ends first`);
        await client.stop();
        client = await start();
      }
      session.client = client;
      session.started = client.startedHere;
      if (session.started && !detach) await client.attach();
      watchServices(session, context.emit);
      const ended = client.hello.recovered.length;
      if (session.started && ended > 0) context.note(`${ended} processes of a killed run were ended first`);
      return session.started ? undefined : 'unchanged';
    },
    async undo({ system }) {
      if (!session.started) return;
      await session.client?.stop().catch(async (error) => {
        if (!saysGone(error)) throw error;
        await recover(system, projectFolder);
      });
    },
  });
}

export function dataPlaneStep(session: Session): Step {
  const { situation } = session;
  const folder = certificatesFolder(situation.state.path);
  const certificates = {
    ingress: { certificateFile: join(folder, 'server.pem'), keyFile: join(folder, 'server-key.pem') },
    mesh: {
      rootFile: situation.authorityFile,
      issuerFile: join(folder, 'issuer.pem'),
      issuerKeyFile: join(folder, 'issuer-key.pem'),
    },
  };
  const config = dataPlaneConfig(situation.whole, situation.ports, certificates, situation);
  const spec: ProgramSpec = {
    id: dataPlaneId,
    kind: 'data-plane',
    argv: [...situation.self, '--data-plane'],
    directory: situation.projectFolder,
    env: {},
    secretNames: [],
    replicas: 1,
    readiness: { kind: 'alive' },
    startMs: dataPlaneDeadline,
    stop: { signal: 'SIGTERM', graceMs: 3000 },
    watch: [],
    rank: 0,
  };
  const { httpsPort, httpPort } = config.ingress;
  return step({
    id: 'data-plane',
    title: 'ingress and proxies',
    kind: 'change',
    needs: ['supervisor', 'certificates'],
    facts: { httpsPort, httpPort, routes: config.ingress.routes },
    async run({ signal }) {
      const client = clientOf(session);
      const [put, before] = await Promise.all([client.put([spec]), client.configuration()]);
      const same = put[dataPlaneId] === 'unchanged' && JSON.stringify(before) === JSON.stringify(config);
      if (same && !session.certificatesChanged) return 'unchanged';
      await client.waitReady(dataPlaneId, dataPlaneDeadline, signal);
      await client.configure(config);
      return undefined;
    },
  });
}
