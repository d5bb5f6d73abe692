/** A service as programs: its replicas, and one program a cron job. Pure. */
import { join } from 'node:path';
import type { Probe, Service } from '../../app/app.ts';
import type { Environment } from './environment.ts';
import type { ServiceStart } from './service-start.ts';
import type { ProgramSpec, Readiness } from './spec.ts';

/** Milliseconds between the stop signal and the end by force; longer than the grace that services give their requests. */
const graceMs = 15_000;

/** Each replica's own: its spans bear its number. */
const spansVariable = 'OTEL_EXPORTER_OTLP_ENDPOINT';

export interface ServicePlace {
  /** The project's `.opta`. */
  readonly stateFolder: string;
  readonly start: ServiceStart;
  readonly startMs: number | undefined;
}

export function serviceProgram(
  service: Service,
  { variables, secretNames }: Environment,
  place: ServicePlace,
): ProgramSpec {
  const [main, ...others] = portsOf(service);
  const probed = others.find(({ port }) => port === service.probePort);
  return {
    ...common(service, variables, secretNames, place),
    id: service.id,
    kind: 'service',
    argv: place.start.argv,
    replicas: service.replicas.min,
    ...(main === undefined ? {} : { port: 'free', writtenPort: main.port }),
    ...(others.length === 0 ? {} : { namedPorts: others.map(({ name }) => name) }),
    readiness: readinessOf(service),
    ...(probed === undefined ? {} : { probedPort: probed.name }),
    watch: service.dev.watch,
  };
}

/** One program a schedule; none for a service without cron jobs. */
export function cronPrograms(
  service: Service,
  { variables, secretNames }: Environment,
  place: ServicePlace,
): readonly ProgramSpec[] {
  return service.cronJobs.map(({ schedule, command, args }, index) => ({
    ...common(service, variables, secretNames, place),
    id: `${service.id}#cron${index + 1}`,
    kind: 'cron',
    argv: [...command, ...args],
    replicas: 1,
    readiness: { kind: 'alive' },
    watch: [],
    schedule,
  }));
}

/** Whether replicas run at all: `min_containers: 0` with cron jobs means cron jobs only. */
export const hasReplicas = (service: Service): boolean => service.replicas.min > 0;

function common(
  service: Service,
  env: Readonly<Record<string, string>>,
  secretNames: readonly string[],
  place: ServicePlace,
) {
  const storage = storageVariables(service, place.stateFolder);
  const spans = env[spansVariable];
  const own: Record<string, string> = spans?.includes('{replica}') ? { [spansVariable]: spans } : {};
  const replicaEnv = { ...own, ...storage };
  return {
    directory: place.start.directory,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !(name in own))),
    secretNames,
    path: place.start.path,
    ...(Object.keys(replicaEnv).length === 0 ? {} : { replicaEnv }),
    ...(Object.keys(storage).length === 0 ? {} : { exclusive: true }),
    startMs: place.startMs ?? service.startupSeconds * 1000,
    stop: { signal: 'SIGTERM' as const, graceMs },
    rank: 2,
    place: service.place,
  };
}

/** The port that PORT means comes first: the one that the ingress and `http://<module>.<layer>` lead to. */
function portsOf(service: Service) {
  const main = service.ports.find(({ protocol }) => protocol !== 'tcp') ?? service.ports[0];
  return main === undefined ? [] : [main, ...service.ports.filter((port) => port !== main)];
}

function readinessOf(service: Service): Readiness {
  const probe: Probe | undefined = service.readiness ?? service.liveness;
  if (probe?.command) return { kind: 'command', argv: probe.command };
  if (service.ports.length === 0) return { kind: 'alive' };
  return probe?.path === undefined ? { kind: 'tcp' } : { kind: 'http', path: probe.path };
}

/** A replica's own folders, as a StatefulSet gives each pod its own volumes: `OPTA_STORAGE` and `OPTA_STORAGE_<PATH>`. */
function storageVariables({ id, storage }: Service, stateFolder: string): Readonly<Record<string, string>> {
  const folders = storage.map(({ path }): [string, string] => {
    const name = path.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '');
    return [name, join(storageFolder(stateFolder), id.replace('/', '.'), '{replica}', name.toLowerCase())];
  });
  const [first] = folders;
  if (!first) return {};
  return Object.fromEntries([
    ['OPTA_STORAGE', first[1]],
    ...folders.map(([name, folder]) => [`OPTA_STORAGE_${name.toUpperCase()}`, folder]),
  ]);
}

/** Every replica's folders, so that they exist before it starts. */
export function storageFolders(service: Service, stateFolder: string): readonly string[] {
  const folders = Object.values(storageVariables(service, stateFolder));
  return Array.from({ length: service.replicas.min }, (_, index) => index).flatMap((index) =>
    folders.map((folder) => folder.replace('{replica}', String(index))),
  );
}

export const storageFolder = (stateFolder: string): string => join(stateFolder, 'storage');
