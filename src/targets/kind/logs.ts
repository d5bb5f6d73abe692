/** What pods print, with the time that their node noted. */
import { createInterface } from 'node:readline';
import type { ClusterClient } from '../../platform/cluster.ts';
import type { RunningService } from './running.ts';

interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `<layer>/<module>`. */
  readonly service: string;
  readonly pod: string;
  readonly line: string;
}

export interface LogOptions {
  readonly follow: boolean;
  readonly sinceSeconds: number | undefined;
  readonly signal: AbortSignal;
  readonly onLine: (line: LogLine) => void;
}

/** Lines of all pods: in the order of time, and with `follow` as they come. */
export async function readPodLogs(
  client: ClusterClient,
  services: readonly RunningService[],
  { follow, sinceSeconds, signal, onLine }: LogOptions,
): Promise<void> {
  const sources = services.flatMap(({ service, workload, pods }) =>
    pods.filter(({ node }) => node !== undefined).map(({ name }) => ({ service, workload, pod: name })),
  );
  const options = (container: string) => ({
    container,
    timestamps: true,
    ...(sinceSeconds !== undefined && { sinceSeconds }),
  });
  if (!follow) {
    const lists = await Promise.all(
      sources.map(async ({ service, workload, pod }) => {
        const lines = await client.log(workload.namespace ?? '', pod, options(workload.name), signal);
        return lines.filter((line) => line !== '').map((line) => parsed(line, service, pod));
      }),
    );
    for (const line of lists.flat().sort((a, b) => a.at - b.at)) onLine(line);
    return;
  }
  await Promise.all(
    sources.map(async ({ service, workload, pod }) => {
      const stream = await client.followLog(workload.namespace ?? '', pod, options(workload.name), signal);
      try {
        for await (const line of createInterface({ input: stream })) onLine(parsed(line, service, pod));
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }),
  );
}

/** `2026-11-22T10:00:00.123456789Z text`. */
function parsed(text: string, service: string, pod: string): LogLine {
  const space = text.indexOf(' ');
  return { at: Date.parse(text.slice(0, space)), service, pod, line: text.slice(space + 1) };
}
