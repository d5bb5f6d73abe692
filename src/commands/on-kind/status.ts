/** `opta dev status [--wait]` on kind. */
import { waitForWorkload } from '../../platform/ready.ts';
import { type OpenProject, openProject, type Status, statusOf } from '../../targets/kind/running.ts';
import { table } from '../../ui/table.ts';
import { type ExitCode, given, type Invocation, projectFolder, secondsFlag } from '../invocation.ts';

export async function statusOnKind(invocation: Invocation): Promise<ExitCode> {
  const { system, signal } = invocation;
  const project = await openProject(system, projectFolder(invocation, 'above'), signal);
  try {
    if (given(invocation, 'wait')) await waitForAll(project, invocation);
    const status = await statusOf(project, signal);
    system.stdout.write(
      given(invocation, 'json') ? `${JSON.stringify(status, undefined, 2)}\n` : drawn(status, system.stdout.columns),
    );
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
