/** `opta dev status [--wait] [--wide]` on kind. */
import { assertIssuer } from '../../platform/components/linkerd-keys.ts';
import { type MeshFigures, readMesh, refusals } from '../../platform/mesh/read.ts';
import { waitForWorkload } from '../../platform/ready.ts';
import { type OpenProject, openProject, ours, type Status, statusOf } from '../../targets/kind/running.ts';
import { edgeTable } from '../../ui/edges.ts';
import { table } from '../../ui/table.ts';
import { type ExitCode, given, type Invocation, projectFolder, secondsFlag } from '../invocation.ts';

export async function statusOnKind(invocation: Invocation): Promise<ExitCode> {
  const { system, signal } = invocation;
  const project = await openProject(system, projectFolder(invocation, 'above'), signal);
  try {
    if (given(invocation, 'wait')) await waitForAll(project, invocation);
    const [status, mesh] = await Promise.all([
      statusOf(project, signal),
      given(invocation, 'wide') ? readMesh(project.client, ours, signal) : undefined,
    ]);
    const { columns } = system.stdout;
    const refused = refusals(mesh?.edges ?? []);
    const text = () => `${drawn(status, columns)}${mesh ? drawnMesh(mesh, refused, columns) : ''}`;
    const json = () => `${JSON.stringify({ ...status, ...(mesh && { ...mesh, refused }) }, undefined, 2)}\n`;
    system.stdout.write(given(invocation, 'json') ? json() : text());
    await assertIssuer(project.client, system.clock.now(), signal);
    return status.services.every(({ state }) => state === 'ready') ? 0 : 1;
  } finally {
    project.client.close();
  }
}

async function waitForAll(project: OpenProject, invocation: Invocation): Promise<void> {
  const deadlineMs = (secondsFlag(invocation, 'timeout', 'timeout') ?? 120) * 1000;
  const { services } = await statusOf(project, invocation.signal);
  const waits = services.map(({ workload }) =>
    waitForWorkload(project.client, workload, { signal: invocation.signal, deadlineMs }),
  );
  await Promise.all(waits);
}

function drawn({ services }: Status, columns: number | undefined): string {
  const rows = services.map(({ service, state, ready, wanted, restarts, pods, urls, name }) => [
    service,
    state,
    `${ready}/${wanted}`,
    restarts === 0 ? '' : `${restarts} restarts`,
    pods.find(({ why }) => why !== undefined)?.why ?? '',
    urls[0] ?? `http://${name}`,
  ]);
  return table([['service', 'state', 'replicas', '', '', 'address'], ...rows], columns);
}

/** Counts are since the pods started. */
function drawnMesh({ edges, unseen }: MeshFigures, refused: readonly string[], columns: number | undefined): string {
  return `${edgeTable(edges, columns)}${[...refused, ...unseen].map((sentence) => `${sentence}\n`).join('')}`;
}
