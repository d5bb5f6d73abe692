/** `opta dev env [service]`: the variables of a service for the shell, secrets included: that is what it is for. */
import { quoted } from '../app/shell-words.ts';
import { besideService } from '../targets/process/service-environment.ts';
import { connected } from '../targets/process/status.ts';
import { type ExitCode, given, type Invocation, projectFolder } from './invocation.ts';
import { runningTarget } from './target.ts';

export async function devEnv(invocation: Invocation): Promise<ExitCode> {
  const { system } = invocation;
  const own =
    runningTarget(invocation) === 'kind'
      ? await (await import('./on-kind/env.ts')).environmentOnKind(invocation)
      : await ofProcess(invocation);
  if (given(invocation, 'json')) system.stdout.write(`${JSON.stringify(own, undefined, 2)}\n`);
  else
    system.stdout.write(
      Object.entries(own)
        .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
        .join(''),
    );
  return 0;
}

async function ofProcess(invocation: Invocation): Promise<Readonly<Record<string, string>>> {
  const { system, args } = invocation;
  const client = await connected(system, projectFolder(invocation, 'above'));
  const services = (await client.list()).filter(({ kind }) => kind === 'service');
  const { own } = await besideService(system, client, args[0] ?? services[0]?.id ?? '');
  client.close();
  return own;
}
