/** `opta dev exec service -- command`: a command in the folder and with the environment of a service. */
import { UserError } from '../errors.ts';
import { besideService } from '../targets/process/service-environment.ts';
import { connected } from '../targets/process/status.ts';
import { type ExitCode, type Invocation, projectFolder } from './invocation.ts';
import { runningTarget } from './target.ts';

export async function devExec(invocation: Invocation): Promise<ExitCode> {
  const { system, args, signal } = invocation;
  const [service = '', ...argv] = args.filter((arg, at) => !(at === 1 && arg === '--'));
  if (runningTarget(invocation) === 'kind')
    return (await import('./on-kind/exec.ts')).execOnKind(invocation, service, argv);
  const client = await connected(system, projectFolder(invocation, 'above'));
  const beside = await besideService(system, client, service);
  client.close();
  const program = system.processes.which(argv[0] ?? '', beside.whole['PATH']);
  if (program === undefined) {
    throw new UserError('command-not-found', `"${argv[0]}" is not on the PATH of ${beside.id}`, {
      hints: ['Write a full path, or install it.'],
    });
  }
  const child = system.processes.spawn([program, ...argv.slice(1)], {
    cwd: beside.directory,
    env: beside.whole,
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const { code, error } = await child.ended;
  if (error) throw error;
  return (code ?? 1) as ExitCode;
}
