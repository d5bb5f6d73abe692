/** What planning for kind needs to know of this machine and this project, read once so that planning asks nothing. */
import type { App } from '../../app/app.ts';
import { type Diagnostic, UserError } from '../../errors.ts';
import type { Artifacts } from '../../platform/artifacts.ts';
import { choicesOf, type PlatformChoices } from '../../platform/choices.ts';
import { meshOf } from '../../platform/components/index.ts';
import type { System } from '../../system/system.ts';
import { hasV1, refusesV1 } from './cgroups.ts';
import { type Container, hasNetwork, ownContainers, portHolder } from './containers.ts';
import { type Engine, theEngine } from './engine.ts';
import { type ClusterPorts, type ClusterRecord, type KindFolder, kindFolder, readRecord } from './folder.ts';
import { choosePorts, registryPort } from './ports.ts';

/** half: what a crash or an older version left; it is deleted first. */
export type ClusterState = 'absent' | 'half' | 'stopped' | 'running';

export interface UpOptions {
  /** Absolute; its `.opta` keeps the state. */
  readonly projectFolder: string;
  /** Folder of the installed package. */
  readonly packageRoot: string;
  readonly httpsPort?: number | undefined;
  readonly httpPort?: number | undefined;
  /** Ids of services; with what they link to. Empty: all. */
  readonly only: readonly string[];
  /** Milliseconds a service may take until it is ready, instead of its own. */
  readonly startMs?: number | undefined;
  /** Nodes beside the control plane; as it is when absent. */
  readonly workers?: number | undefined;
  /** One line: why this target. */
  readonly reason: string;
  readonly detach: boolean;
  /** The engine that answers, when it was asked already. */
  readonly engine?: Engine | undefined;
}

export interface Standing {
  readonly folder: KindFolder;
  readonly engine: Engine;
  readonly record: ClusterRecord | undefined;
  readonly network: boolean;
  readonly containers: readonly Container[];
}

/** Engine, record and containers of a project. Throws UserError `no-engine`. Changes nothing. */
export async function standing(system: System, projectFolder: string, known?: Engine): Promise<Standing> {
  const folder = kindFolder(projectFolder);
  const [record, engine] = await Promise.all([readRecord(folder), known ?? theEngine(system)]);
  const [network, containers] = await Promise.all([
    hasNetwork(system, engine, folder),
    ownContainers(system, engine, folder),
  ]);
  return { folder, engine, record, network, containers: network ? containers : [] };
}

export interface Situation extends UpOptions, Omit<Standing, 'engine'> {
  readonly engine: Engine;
  readonly cluster: ClusterState;
  /** Why a cluster that is there is made anew. */
  readonly anew: string | undefined;
  readonly ports: ClusterPorts;
  readonly workerCount: number;
  /** The kubelet of a new cluster would refuse the control groups of this machine. */
  readonly allowCgroupV1: boolean;
  readonly artifacts: Artifacts;
  readonly choices: PlatformChoices;
  /** Asked for, and to be had. */
  readonly mesh: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** For what is found out only when a step runs. */
  readonly system: System;
}

/** What is there, seen with what is wanted. */
export function clusterState(
  { record, containers }: Pick<Standing, 'record' | 'containers'>,
  wanted: { readonly nodeImage: string; readonly workers: number | undefined },
): { readonly state: ClusterState; readonly anew?: string } {
  const nodes = containers.filter(({ isNode }) => isNode);
  if (nodes.length === 0) return { state: 'absent' };
  if (record?.state !== 'created') return { state: 'half', anew: 'an earlier run did not finish it' };
  if (record.nodeImage !== wanted.nodeImage) return { state: 'half', anew: `its nodes are ${record.nodeImage}` };
  const workers = wanted.workers ?? record.workers;
  if (workers !== record.workers) return { state: 'half', anew: `it has ${record.workers} workers` };
  if (nodes.length !== record.workers + 1) return { state: 'half', anew: 'some of its nodes are gone' };
  return { state: nodes.every(({ running }) => running) ? 'running' : 'stopped' };
}

/** Throws UserError `no-engine`, `name-taken` or `port-taken`. Changes nothing. */
export async function survey(system: System, app: App, options: UpOptions, artifacts: Artifacts): Promise<Situation> {
  const found = await standing(system, options.projectFolder, options.engine);
  const { record } = found;
  const { state, anew } = clusterState(found, { nodeImage: artifacts.pins.images.node.ref, workers: options.workers });
  const choices = choicesOf(app);
  const mesh = meshOf(choices, artifacts);
  const wanted = { https: options.httpsPort, http: options.httpPort };
  const keeps = record !== undefined && (state === 'running' || state === 'stopped');
  return {
    ...options,
    ...found,
    cluster: state,
    anew,
    ports: keeps
      ? { ...keptPorts(record.ports, wanted), registry: await registryPortOf(system, found, record.ports) }
      : await choosePorts(system, wanted, record?.ports, heldByUs(found), (port) =>
          portHolder(system, found.engine, port),
        ),
    workerCount: options.workers ?? record?.workers ?? 0,
    allowCgroupV1: !keeps && refusesV1(artifacts.pins.images.node.version) && (await hasV1(system, found.engine)),
    artifacts,
    choices,
    mesh: mesh.on,
    diagnostics: [...artifacts.notices, ...mesh.notices],
    system,
  };
}

/** A run that was killed may have left containers that hold the ports of its record. */
function heldByUs({ record, containers }: Standing): ReadonlySet<number> {
  if (record === undefined) return new Set();
  const { https, http, registry, spare } = record.ports;
  const nodes = containers.some(({ isNode, running }) => isNode && running) ? [https, http, ...spare] : [];
  const rest = containers.some(({ isNode, running }) => !isNode && running) ? [registry] : [];
  return new Set([...nodes, ...rest]);
}

function registryPortOf(system: System, { containers }: Standing, ports: ClusterPorts): number | Promise<number> {
  return containers.some(({ isNode, running }) => !isNode && running) ? ports.registry : registryPort(system, ports);
}

/** Port mappings are fixed for the life of a cluster. */
function keptPorts(
  kept: ClusterPorts,
  wanted: { https?: number | undefined; http?: number | undefined },
): ClusterPorts {
  for (const name of ['https', 'http'] as const) {
    if (wanted[name] === undefined || wanted[name] === kept[name]) continue;
    throw new UserError('port-fixed', `the cluster of this project has ${name.toUpperCase()} on port ${kept[name]}`, {
      hints: [
        `Ports are fixed for the life of a cluster: \`opta dev down\`, then \`opta dev up --${name}-port ${wanted[name]}\`.`,
      ],
    });
  }
  return kept;
}
