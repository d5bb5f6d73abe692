/** The traces of the process target, asked of its data plane. */
import type { TraceSource } from '../../../engine/trace.ts';
import type { System } from '../../../system/system.ts';
import type { DataPlaneConfig } from '../data-plane.ts';
import { connected } from '../status.ts';
import type { SupervisorClient } from '../supervisor/index.ts';
import { assembled, isWhole, type Known } from './assemble.ts';
import type { Asked, Recordings } from './store.ts';

/** Milliseconds that apps may take to send their last span; they are told to send twice as often as this, at least. */
const spansWithinMs = 600;
/** Milliseconds after which what is still missing is taken for lost. */
const lostAfterMs = 3000;
const pauseMs = 50;

/** Throws UserError `nothing-runs`. */
export async function openTraces(system: System, projectFolder: string): Promise<TraceSource> {
  const client = await connected(system, projectFolder);
  const config = await client.configuration();
  if (config === undefined) throw new Error('the data plane has no configuration');
  return sourceOf(system, client, config, await hasResources(client));
}

/** For those who have a connection already. */
export function sourceOf(
  system: System,
  client: SupervisorClient,
  config: DataPlaneConfig,
  resources: boolean,
): TraceSource & { readonly changes: (after: number, limit: number) => Promise<Changes> } {
  const links = linksOf(config);
  const read = async (asked: Asked): Promise<Recordings> =>
    (await client.traces(asked)) ?? { traces: [], reporting: [], refusals: [] };
  const knowing = ({ reporting, refusals }: Recordings): Known => ({ reporting, refusals, links, resources });
  const changes = async (after: number, limit: number): Promise<Changes> => {
    const recordings = await read({ after, limit });
    const { traces } = recordings;
    const known = knowing(recordings);
    return {
      upTo: Math.max(after, ...traces.map(({ changed }) => changed)),
      traces: traces.map((one) => assembled(one, known)),
    };
  };
  return {
    ingress: {
      httpsPort: config.ingress.httpsPort,
      httpPort: config.ingress.httpPort,
      authorityFile: config.mesh.rootFile,
    },
    async find(id, signal) {
      const began = system.clock.monotonic();
      for (;;) {
        const recordings = await read({ id });
        const [found] = recordings.traces;
        const waited = system.clock.monotonic() - began;
        const enough = waited >= spansWithinMs && found !== undefined && isWhole(found.hops, recordings.reporting);
        if (enough || waited >= lostAfterMs) return found && assembled(found, knowing(recordings));
        await system.clock.sleep(pauseMs, signal);
      }
    },
    recent: async (count) => (await changes(0, count)).traces,
    changes,
    close: () => client.close(),
  };
}

export interface Changes {
  /** What to ask after the next time. */
  readonly upTo: number;
  readonly traces: Awaited<ReturnType<TraceSource['recent']>>;
}

export const hasResources = async (client: SupervisorClient): Promise<boolean> =>
  (await client.list()).some(({ kind }) => kind === 'resource');

function linksOf({ outbound }: DataPlaneConfig): ReadonlyMap<string, readonly string[]> {
  return new Map(
    outbound.map(({ service, direct }) => [
      service,
      [...new Set(direct.map(({ upstream }) => upstream.slice(0, upstream.lastIndexOf(':'))))],
    ]),
  );
}
