/** `opta dev exec service -- command` on kind: in a container of the service. */
import { theEngine } from '../../targets/kind/engine.ts';
import { execCommand } from '../../targets/kind/exec.ts';
import { findService, openProject, statusOf } from '../../targets/kind/running.ts';
import { type ExitCode, type Invocation, projectFolder } from '../invocation.ts';

export async function execOnKind(
  invocation: Invocation,
  written: string,
  command: readonly string[],
): Promise<ExitCode> {
  const { system, signal } = invocation;
  const project = await openProject(system, projectFolder(invocation, 'above'), signal);
  const { services } = await statusOf(project, signal).finally(() => project.client.close());
  const argv = execCommand(system, await theEngine(system), findService(services, written), command);
  const child = system.processes.spawn(argv, { stdio: ['inherit', 'inherit', 'inherit'] });
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const { code, error } = await child.ended;
  if (error) throw error;
  return (code ?? 1) as ExitCode;
}
