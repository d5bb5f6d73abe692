/** `opta dev logs [-f] [--since] [service...]` on kind. */
import { cleanColoured } from '../../engine/clean.ts';
import { readPodLogs } from '../../targets/kind/logs.ts';
import { findService, openProject, statusOf } from '../../targets/kind/running.ts';
import { type ExitCode, given, type Invocation, projectFolder } from '../invocation.ts';

/** `since` is milliseconds since 1970. */
export async function logsOnKind(invocation: Invocation, since: number | undefined): Promise<ExitCode> {
  const { system, signal, args } = invocation;
  const project = await openProject(system, projectFolder(invocation, 'above'), signal);
  try {
    const { services } = await statusOf(project, signal);
    const wanted = args.length === 0 ? services : args.map((name) => findService(services, name));
    const sinceSeconds = since === undefined ? undefined : Math.max(1, Math.ceil((system.clock.now() - since) / 1000));
    const json = given(invocation, 'json');
    const shown = system.stdout.isTTY ? cleanColoured : (line: string) => line;
    await readPodLogs(project.client, wanted, {
      follow: given(invocation, 'follow'),
      sinceSeconds,
      signal,
      onLine({ at, service, pod, line }) {
        system.stdout.write(
          json
            ? `${JSON.stringify({ at, service, pod, line })}\n`
            : `${new Date(at).toISOString().slice(11, 23)} ${service}/${pod.split('-').at(-1)} ${shown(line)}\n`,
        );
      },
    });
    return 0;
  } finally {
    project.client.close();
  }
}
