/** What runs of a project, asked of its supervisor. */
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import type { DataPlaneConfig } from './data-plane.ts';
import type { MeshMetrics } from './mesh-metrics.ts';
import { type ProgramStatus, type ReplicaStatus, serviceOf } from './spec.ts';
import { connect, type SupervisorClient } from './supervisor/index.ts';

interface RunningService {
  /** `<layer>/<module>`. */
  readonly service: string;
  readonly kind: ProgramStatus['kind'];
  readonly state: 'ready' | 'starting' | 'failing';
  readonly ready: number;
  readonly wanted: number;
  readonly restarts: number;
  /** Public addresses. */
  readonly urls: readonly string[];
  /** The name other services reach it by; absent for one that takes no requests. */
  readonly name?: string;
  /** Where it takes raw TCP only: the port that goes with the name. */
  readonly tcpPort?: number;
  readonly replicas: readonly ReplicaStatus[];
  /** Why the newest version is not the one that serves, or not everywhere. */
  readonly why?: string;
}

export interface Status {
  readonly target: 'process';
  readonly supervisor: { readonly pid: number; readonly version: string };
  readonly services: readonly RunningService[];
  /** Who called whom since the data plane started. */
  readonly edges: MeshMetrics['edges'];
  readonly sidecars: MeshMetrics['sidecars'];
  /** Where Prometheus asks for the same. */
  readonly metricsUrl?: string;
}

/** The supervisor of the project; throws UserError `nothing-runs` when there is none. */
export async function connected(system: System, projectFolder: string): Promise<SupervisorClient> {
  const client = await connect(system, projectFolder);
  if (client && !client.hello.stopping) return client;
  client?.close();
  throw new UserError('nothing-runs', `nothing of ${projectFolder} runs`, { hints: ['Start it: `opta dev up`.'] });
}

export async function statusOf(client: SupervisorClient): Promise<Status> {
  const [programs, config, mesh] = await Promise.all([client.list(), client.configuration(), client.metrics()]);
  return {
    target: 'process',
    supervisor: { pid: client.hello.pid, version: client.hello.version },
    services: programs.map((program) => runningService(program, config)),
    edges: mesh?.edges ?? [],
    sidecars: mesh?.sidecars ?? [],
    ...(config?.metricsPort !== undefined && { metricsUrl: `http://127.0.0.1:${config.metricsPort}/metrics` }),
  };
}

function runningService(program: ProgramStatus, config: DataPlaneConfig | undefined): RunningService {
  const { id, kind, ready, wanted, replicas, why } = program;
  const failing = replicas.some(({ state }) => state === 'ended' || state === 'waiting');
  const [layer = ''] = id.split('/');
  return {
    service: id,
    kind,
    state: kind === 'cron' || ready >= wanted ? 'ready' : failing ? 'failing' : 'starting',
    ready,
    wanted,
    restarts: replicas.reduce((sum, { restarts }) => sum + restarts, 0),
    urls: addresses(id, layer, config),
    ...reachedBy(id, config),
    replicas,
    ...(why === undefined ? {} : { why }),
  };
}

function reachedBy(id: string, config: DataPlaneConfig | undefined): Pick<RunningService, 'name' | 'tcpPort'> {
  const own = config?.upstreams.filter(({ service }) => service === id) ?? [];
  const best = own.find(({ protocol }) => protocol !== 'tcp') ?? own[0];
  const name = best?.hosts[0];
  if (best === undefined || name === undefined) return {};
  return { name, ...(best.protocol === 'tcp' && { tcpPort: best.servicePort }) };
}

function addresses(id: string, layer: string, config: DataPlaneConfig | undefined): readonly string[] {
  const own = config?.ingress.routes.filter(({ upstream }) => upstream.startsWith(`${id}:`)) ?? [];
  return own.map(
    ({ host, path }) => `https://${host === '*' ? `${layer}.localhost` : host}:${config?.ingress.httpsPort}${path}`,
  );
}

/**
 * The program that a user's `module` or `layer/module` names; of a service that is schedules only, the first schedule.
 * Throws UserError `unknown-service` with what there is.
 */
export function findProgram(programs: readonly ProgramStatus[], written: string): ProgramStatus {
  const matches = (id: string) => id === written || id.endsWith(`/${written}`);
  const whole = programs.filter(({ id }) => matches(id));
  const found = whole.length > 0 ? whole : programs.filter(({ id }) => matches(serviceOf(id)));
  const services = new Set(found.map(({ id }) => serviceOf(id)));
  const first = found.find(({ id }) => serviceOf(id) === written) ?? (services.size === 1 ? found[0] : undefined);
  if (first) return first;
  const several = services.size > 1;
  const ids = [...(several ? services : new Set(programs.map(({ id }) => serviceOf(id))))];
  const message = several ? `"${written}" is in several layers` : `no service "${written}" runs here`;
  const hints = [`There is: ${ids.filter((id) => !id.startsWith('opta/')).join(', ')}.`];
  throw new UserError('unknown-service', message, { hints, exitCode: 2 });
}
