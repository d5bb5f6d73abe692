/** What planning needs to know of this machine and this project, read once so that planning itself asks nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../app/app.ts';
import type { Diagnostic } from '../../errors.ts';
import { authorityFolder } from '../../platform/certificates.ts';
import { type TrustFiles, trustFilesIn } from '../../platform/trust-files.ts';
import { cacheFolder } from '../../system/folders.ts';
import type { System } from '../../system/system.ts';
import type { DataPlaneConfig } from './data-plane.ts';
import { noProxyOf } from './environment.ts';
import { parentProxyOf } from './network.ts';
import { choosePorts, type Ports, portKeys, readPorts } from './ports.ts';
import { dataFolderOf, type Facts, readFacts } from './resources/facts.ts';
import { type ServiceStart, serviceStarts } from './service-start.ts';
import { spansTargetOf } from './spans-target.ts';
import { connect, stateFolder } from './supervisor/index.ts';

export interface UpOptions {
  /** Absolute; its `.opta` keeps the state. */
  readonly projectFolder: string;
  /** argv that runs opta itself: the bin and its Node. */
  readonly self: readonly string[];
  readonly version: string;
  readonly httpsPort?: number | undefined;
  readonly httpPort?: number | undefined;
  /** Ids of services; with what they link to. Empty: all. */
  readonly only: readonly string[];
  /** The App with the services that `only` leaves out: they may run already, and keep their addresses. */
  readonly whole: App;
  /** Milliseconds a service may take until it is ready, instead of its own `initial_readiness_delay`. */
  readonly startMs?: number | undefined;
  /** One line: why this target. */
  readonly reason: string;
  /** Goes on in the background when the command ends. */
  readonly detach: boolean;
}

export interface Situation extends UpOptions {
  readonly state: ReturnType<typeof stateFolder>;
  readonly facts: Facts;
  readonly ports: Ports;
  readonly starts: ReadonlyMap<string, ServiceStart>;
  readonly diagnostics: readonly Diagnostic[];
  /** Ids of programs that a living supervisor has; undefined when none lives. */
  readonly running: readonly string[] | undefined;
  /** A killed run may have left processes: a ledger is there without a supervisor. */
  readonly leftovers: boolean;
  readonly authorityFile: string;
  readonly trust: TrustFiles;
  /** V8's code cache for services on Node: of the machine, so that a new project starts quickly too. */
  readonly compileCache: string;
  readonly parentProxy: DataPlaneConfig['parentProxy'];
  readonly spansTo: DataPlaneConfig['spansTo'];
  readonly noProxy: string | undefined;
}

/** Throws UserError `port-taken`, `port-not-allowed` or `start-command-missing`. Changes nothing. */
export async function survey(system: System, app: App, options: UpOptions, signal: AbortSignal): Promise<Situation> {
  const state = stateFolder(system, options.projectFolder);
  const types = [...new Set(app.resources.map(({ type }) => type))];
  const [facts, kept, alive, starts] = await Promise.all([
    readFacts(system, types, { cache: cacheFolder(system), data: dataFolderOf(options.self) }),
    readPorts(state.path),
    ask(system, options.projectFolder, signal),
    serviceStarts(system, app, state.path),
  ]);
  const leftovers = alive === undefined && existsSync(state.ledger);
  const wanted = { https: options.httpsPort, http: options.httpPort, keys: portKeys(options.whole) };
  return {
    ...options,
    state,
    facts,
    ports: await choosePorts(system, wanted, kept, { ours: new Set(alive?.ports), leftovers }),
    starts: starts.starts,
    diagnostics: starts.diagnostics,
    running: alive?.programs,
    leftovers,
    authorityFile: join(authorityFolder(system), 'ca.pem'),
    trust: trustFilesIn(join(state.path, 'certificates')),
    compileCache: join(cacheFolder(system), 'compile'),
    parentProxy: parentProxyOf(system),
    spansTo: spansTargetOf(system),
    noProxy: noProxyOf(system),
  };
}

/** What a living supervisor runs, and the ports that are therefore ours. */
async function ask(system: System, projectFolder: string, signal: AbortSignal) {
  const client = await connect(system, projectFolder);
  if (!client) return undefined;
  try {
    if (client.hello.stopping) {
      // Its ports and data are free once it has ended.
      await unlessAborted(client.closed, signal);
      return undefined;
    }
    const [programs, config] = await Promise.all([client.list(), client.configuration()]);
    const ports = programs.flatMap(({ replicas }) => replicas.flatMap(({ port }) => port ?? []));
    const outbound =
      config?.outbound.flatMap(({ proxyPort, direct }) => [proxyPort, ...direct.map(({ port }) => port)]) ?? [];
    const ingress = config
      ? [config.ingress.httpsPort, config.ingress.httpPort, config.metricsPort ?? 0, config.spansPort ?? 0]
      : [];
    return { programs: programs.map(({ id }) => id), ports: [...ports, ...outbound, ...ingress] };
  } finally {
    client.close();
  }
}

function unlessAborted(done: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    done.then(resolve, reject);
  });
}
