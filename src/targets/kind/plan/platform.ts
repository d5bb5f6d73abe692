/** What the cluster carries for every App: CRDs, mesh, ingress, metrics; with what only this target knows of them. */
import { join } from 'node:path';
import type { Artifacts } from '../../../platform/artifacts.ts';
import type { PlatformSettings } from '../../../platform/components/index.ts';
import type { System } from '../../../system/system.ts';
import { toolOnPath } from '../tools.ts';
import { clientOf, type Session, secretsOf } from './session.ts';

/** The program of helm, asked for once, and only when a chart has to be rendered. */
function helmOnce(system: System, artifacts: Artifacts): () => Promise<string> {
  const { version } = artifacts.pins.binaries.helm;
  let found: Promise<string> | undefined;
  return () => {
    found ??= toolOnPath(system, 'helm', version).then((tool) => tool?.program ?? artifacts.binary('helm'));
    return found;
  };
}

export function platformSettings(session: Session): PlatformSettings {
  const { app, situation } = session;
  const { choices, mesh, artifacts, folder, packageRoot, ports } = situation;
  return {
    target: 'kind',
    choices,
    mesh,
    metrics: app.services.some(({ replicas }) => replicas.max > replicas.min),
    artifacts,
    dataFolder: join(packageRoot, 'kind'),
    keysFolder: folder.platform,
    httpsPort: ports.https,
    nodes: situation.workerCount + 1,
    fresh: situation.cluster === 'absent' || situation.cluster === 'half',
    kubernetes: artifacts.pins.images.node.version,
    client: () => clientOf(session),
    helm: helmOnce(situation.system, artifacts),
    certificate: () => secretsOf(session).ingress,
    needs: { cluster: ['cluster'], certificate: ['certificates'] },
  };
}
