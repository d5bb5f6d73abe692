/** The way into a container: through its node, so that terminals work and nothing else need be installed. */
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import type { Engine } from './engine.ts';
import type { RunningService } from './running.ts';

/** argv that runs a command in a pod's main container, with its environment. Throws UserError `service-stopped`. */
export function execCommand(
  system: System,
  engine: Engine,
  { service, pods }: RunningService,
  command: readonly string[],
): readonly string[] {
  const running = pods.filter(({ container }) => container !== undefined);
  const pod = running.find(({ ready }) => ready) ?? running[0];
  if (pod?.node === undefined || pod.container === undefined) throw notRunning(service);
  const terminal = system.stdin.isTTY && system.stdout.isTTY ? ['--tty'] : [];
  const id = `opta-${system.pid}-${system.clock.now()}`;
  const exec = ['ctr', '--namespace', 'k8s.io', 'tasks', 'exec', '--exec-id', id, ...terminal, pod.container];
  return [engine.program, 'exec', '--interactive', ...terminal, pod.node, ...exec, ...command];
}

function notRunning(service: string): UserError {
  return new UserError('service-stopped', `no container of ${service} runs`, {
    hints: ['`opta dev status` says why; `opta dev logs` shows its last lines.'],
  });
}
