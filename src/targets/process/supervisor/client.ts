/** What commands and plan steps use to talk to the supervisor of a project. */
import type { Event } from '../../../engine/event.ts';
import type { System } from '../../../system/system.ts';
import type { DataPlaneConfig } from '../data-plane.ts';
import type { MeshMetrics } from '../mesh-metrics.ts';
import type { ProgramSpec, ProgramStatus } from '../spec.ts';
import type { Asked, Recordings } from '../tracing/store.ts';
import { type Connection, openConnection } from './connection.ts';
import { stateFolder } from './folder.ts';
import { waitGone } from './groups.ts';
import type { RanOnce } from './once.ts';
import type { Described, Hello } from './protocol.ts';
import type { Updated } from './supervised.ts';

interface WatchOptions {
  /** Default true. */
  readonly logs?: boolean;
  readonly signal?: AbortSignal;
}

interface RunOnceOptions {
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Aborting stops it with its stop signal and grace. */
  readonly signal?: AbortSignal;
}

/** Every call rejects with UserError `supervisor-ended` once the supervisor is gone. */
export interface SupervisorClient {
  /** As it was when the connection was made. */
  readonly hello: Hello;
  /** From now on the supervisor stops everything when this connection drops without `detach`. */
  attach(): Promise<void>;
  detach(): Promise<void>;
  /** Idempotent: an equal spec that runs is `unchanged`; a changed one is rolled in the background. */
  put(specs: readonly ProgramSpec[]): Promise<Readonly<Record<string, Updated>>>;
  /** Stops programs, requests under way first; resolves when nothing of them is left. Unknown ids are fine. */
  remove(ids: readonly string[]): Promise<void>;
  list(): Promise<readonly ProgramStatus[]>;
  /** The spec in force, with its secrets, and the status. */
  describe(id: string): Promise<Described | undefined>;
  /** Sends the data plane its config (endpoints are filled in). Rejects with `port-taken` or `data-plane-failed`. */
  configure(config: DataPlaneConfig): Promise<void>;
  configuration(): Promise<DataPlaneConfig | undefined>;
  /** What went over each edge of the mesh since the data plane started; undefined while none runs. */
  metrics(): Promise<MeshMetrics | undefined>;
  /** What was seen of requests that are traced; undefined while no data plane runs. */
  traces(asked: Asked): Promise<Recordings | undefined>;
  /**
   * Resolves when all replicas of the newest version are ready. Rejects, as soon as it is known, with
   * `service-exited`, `service-never-ready`, `port-taken`, `service-stopped` or `service-unknown`.
   */
  waitReady(id: string, deadlineMs: number, signal?: AbortSignal): Promise<ProgramStatus>;
  /** Runs a program to its end; its exit code is the caller's to judge. */
  runOnce(spec: ProgramSpec, options?: RunOnceOptions): Promise<RanOnce>;
  /** Rolls it, replica by replica; resolves and rejects as `waitReady`. */
  restart(id: string, deadlineMs: number, signal?: AbortSignal): Promise<ProgramStatus>;
  /** What is known now, then every event; ends when the signal aborts, rejects when the supervisor ends. */
  watch(act: (event: Event) => void, options?: WatchOptions): Promise<void>;
  /** Stops everything, then the supervisor; resolves when nothing is left. A second call with `force` kills at once. */
  stop(options?: { readonly force?: boolean }): Promise<void>;
  /** Ends this connection only. */
  close(): void;
  readonly closed: Promise<void>;
}

/** Milliseconds that the supervisor's own process may take to end after its last answer. */
const endsWithin = 30_000;

function clientOf(system: System, connection: Connection, hello: Hello): SupervisorClient {
  const { ask } = connection;
  const none = async (asked: Promise<null>) => void (await asked);
  return {
    hello,
    attach: () => none(ask('attach', {})),
    detach: () => none(ask('detach', {})),
    put: (specs) => ask('put', { specs }),
    remove: (ids) => none(ask('remove', { ids })),
    list: () => ask('list', {}),
    describe: async (id) => (await ask('describe', { id })) ?? undefined,
    configure: (config) => none(ask('configure', { config })),
    configuration: async () => (await ask('configuration', {})) ?? undefined,
    metrics: async () => (await ask('metrics', {})) ?? undefined,
    traces: async (asked) => (await ask('traces', { asked })) ?? undefined,
    waitReady: (id, deadlineMs, signal) => ask('waitReady', { id, deadlineMs }, { signal }),
    runOnce: (spec, { onLine, signal } = {}) =>
      ask(
        'runOnce',
        { spec },
        {
          signal,
          onItem: (item) => {
            const { line, stream } = item as { line: string; stream: 'stdout' | 'stderr' };
            onLine?.(line, stream);
          },
        },
      ),
    restart: (id, deadlineMs, signal) => ask('restart', { id, deadlineMs }, { signal }),
    watch: async (act, { logs = true, signal } = {}) => {
      const watching = ask('watch', { logs }, { signal, onItem: (item) => act(item as Event) });
      await watching.catch((error) => {
        if (!signal?.aborted) throw error;
      });
    },
    stop: async ({ force = false } = {}) => {
      await ask('stop', { force });
      await connection.closed;
      await waitGone(system, endsWithin, () => system.processes.startTime(hello.pid) !== hello.startTime);
    },
    close: connection.close,
    closed: connection.closed,
  };
}

/** The supervisor of the project, when one runs. */
export async function connect(system: System, projectFolder: string): Promise<SupervisorClient | undefined> {
  const connection = await openConnection(stateFolder(system, projectFolder).control);
  if (!connection) return undefined;
  try {
    return clientOf(system, connection, await connection.ask('hello', {}));
  } catch {
    // It ended between accepting and answering: then none runs.
    return undefined;
  }
}
