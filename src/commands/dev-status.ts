/** `opta dev status [--wait] [--wide]`: what runs here, and who calls whom. */
import { connected, type Status, statusOf } from '../targets/process/status.ts';
import type { SupervisorClient } from '../targets/process/supervisor/index.ts';
import { edgeTable } from '../ui/edges.ts';
import { table } from '../ui/table.ts';
import { type ExitCode, given, type Invocation, projectFolder, secondsFlag } from './invocation.ts';
import { runningTarget } from './target.ts';

export async function devStatus(invocation: Invocation): Promise<ExitCode> {
  const { system } = invocation;
  if (runningTarget(invocation) === 'kind') return (await import('./on-kind/status.ts')).statusOnKind(invocation);
  const client = await connected(system, projectFolder(invocation, 'above'));
  if (given(invocation, 'wait')) await waitForAll(client, invocation);
  const status = await statusOf(client);
  client.close();
  const { columns } = system.stdout;
  const text = () => `${drawn(status, columns)}${given(invocation, 'wide') ? drawnEdges(status, columns) : ''}`;
  system.stdout.write(given(invocation, 'json') ? `${JSON.stringify(status, undefined, 2)}\n` : text());
  return status.services.every(({ state }) => state === 'ready') ? 0 : 1;
}

async function waitForAll(client: SupervisorClient, invocation: Invocation): Promise<void> {
  const ms = (secondsFlag(invocation, 'timeout', 'timeout') ?? 120) * 1000;
  const programs = await client.list();
  await Promise.all(
    programs.filter(({ kind }) => kind !== 'cron').map(({ id }) => client.waitReady(id, ms, invocation.signal)),
  );
}

function drawn({ services }: Status, columns: number | undefined): string {
  const rows = services
    .filter(({ kind }) => kind !== 'data-plane')
    .map(({ service, state, ready, wanted, restarts, urls, name, tcpPort, replicas, why: held }) => [
      service,
      state,
      `${ready}/${wanted}`,
      restarts === 0 ? '' : restarts === 1 ? '1 restart' : `${restarts} restarts`,
      held ?? replicas.find(({ why }) => why !== undefined)?.why ?? '',
      urls[0] ?? (name === undefined ? '' : tcpPort === undefined ? `http://${name}` : `${name}:${tcpPort}`),
    ]);
  return table([['service', 'state', 'replicas', '', '', 'address'], ...rows], columns);
}

/** Counts are since the data plane started; times are until the answer was complete. */
function drawnEdges({ edges, metricsUrl }: Status, columns: number | undefined): string {
  const more = metricsUrl === undefined || edges.length === 0 ? '' : `Prometheus: ${metricsUrl}\n`;
  return `${edgeTable(edges, columns)}${more}`;
}
