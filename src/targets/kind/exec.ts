/** The way into a container: through its node, so that terminals work and nothing else need be installed. */
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { callEngine, type Engine, engineFailed, lastLine } from './engine.ts';
import type { RunningService } from './running.ts';

/** argv that runs a command in a pod's main container. Throws UserError `service-not-running`. */
export async function execCommand(
  system: System,
  engine: Engine,
  { service, workload, pods }: RunningService,
  command: readonly string[],
): Promise<readonly string[]> {
  const pod = pods.find(({ ready }) => ready) ?? pods.find(({ node }) => node !== undefined);
  const container = workload.name;
  if (pod?.node === undefined) throw notRunning(service);
  const labels = [`io.kubernetes.pod.name=${pod.name}`, `io.kubernetes.container.name=${container}`];
  const ask = ['exec', pod.node, 'crictl', 'ps', '--quiet', '--state', 'Running'];
  const args = [...ask, ...labels.flatMap((label) => ['--label', label])];
  const asked = await callEngine(system, engine, args);
  if (asked.code !== 0) throw engineFailed(engine, args, asked);
  const id = lastLine(asked.stdout);
  if (id === '') throw notRunning(service);
  const terminal = system.stdin.isTTY && system.stdout.isTTY ? ['--tty'] : [];
  const interactive = ['--interactive', ...terminal];
  return [engine.program, 'exec', ...interactive, pod.node, 'crictl', 'exec', ...interactive, id, ...command];
}

function notRunning(service: string): UserError {
  return new UserError('service-stopped', `no container of ${service} runs`, {
    hints: ['`opta dev status` says why; `opta dev logs` shows its last lines.'],
  });
}
