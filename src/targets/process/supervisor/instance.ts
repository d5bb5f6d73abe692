/** One life of one replica: a process group from its start to its very end. */
import { delimiter } from 'node:path';
import type { Running, System } from '../../../system/system.ts';
import { freePort } from '../ports.ts';
import type { ProgramSpec } from '../spec.ts';
import { type Ended, portVariable, takenFailure } from './diagnose.ts';
import { spawnGated } from './gate.ts';
import { groupLives, killedWithin, markVariable, waitGone } from './groups.ts';
import { captureOutput } from './output.ts';
import type { World } from './world.ts';

/** Milliseconds that output may still come after the end. */
const outputAfterEnd = 200;
/** Milliseconds, at most, that the rest of a group gets after its leader has ended by itself. */
const restOfGroup = 1000;

export interface Ports {
  readonly port: number | undefined;
  readonly named: Readonly<Record<string, number>>;
}

export interface Instance {
  readonly index: number;
  readonly ports: Ports;
  readonly pid: number | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly env: Readonly<Record<string, string>>;
  readonly running: Running;
  /** The leader has ended and its output is read. */
  readonly ended: Promise<Ended>;
  /** Nothing of its group is left. */
  readonly gone: Promise<void>;
  readonly lastLines: () => readonly string[];
  readonly hasEnded: () => boolean;
  /** Stop signal, grace, KILL; resolves when nothing is left. Aborting `force` kills at once. */
  stop(force: AbortSignal): Promise<void>;
}

/** Free ports for one life. Throws UserError `port-taken` for a fixed one: another program's answer must not pass for ours. */
export async function choosePorts(world: World, spec: ProgramSpec): Promise<Ports> {
  const { system } = world;
  const free = () => freePort(system, world.spoken());
  const port = spec.port === 'free' ? await free() : spec.port;
  if (typeof spec.port === 'number' && !(await system.network.canListen(spec.port)))
    throw takenFailure(spec, spec.port);
  const names = spec.namedPorts ?? [];
  const named = await Promise.all(names.map(async (name) => [name, await free()] as const));
  return { port, named: Object.fromEntries(named) };
}

/** What npm adds for its own scripts would change how a program's own npm and Node behave; how it reaches the network stays. */
const network = '(registry|cache|ca|cafile|strict_ssl|proxy|https?_proxy|noproxy|userconfig|fetch_\\w+)$|.*/|@';
const notInherited = new RegExp(
  `^(npm_(?!config_(${network}))|INIT_CWD$|NODE_OPTIONS$|NODE_CHANNEL_|OPTA_NODE_TRIED$)`,
);

/** The shell's environment, as every program gets it. */
export function inherited(env: System['env'], path: readonly string[] = []): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !notInherited.test(entry[0]),
  );
  const base = Object.fromEntries(kept);
  return path.length === 0
    ? base
    : { ...base, PATH: [...path, ...(base['PATH'] ? [base['PATH']] : [])].join(delimiter) };
}

function environment(world: World, spec: ProgramSpec, index: number, { port, named }: Ports): Record<string, string> {
  const own = Object.entries(spec.replicaEnv ?? {}).map(([name, value]) => [
    name,
    value.replaceAll('{replica}', String(index)),
  ]);
  const env: Record<string, string> = {
    ...inherited(world.system.env, spec.path),
    ...spec.env,
    ...Object.fromEntries(own),
    [markVariable]: world.folder.mark,
    OPTA_REPLICA: String(index),
  };
  if (port !== undefined && spec.port === 'free') env['PORT'] = String(port);
  for (const [name, value] of Object.entries(named)) env[portVariable(name)] = String(value);
  return env;
}

/** Starts one life. Throws when the ledger cannot be written; a program that cannot be started is told by `ended`. */
export function startInstance(world: World, spec: ProgramSpec, index: number, ports: Ports): Instance {
  const { system } = world;
  const env = environment(world, spec, index, ports);
  const leaderOnly = spec.kind === 'resource';
  const running = spawnGated(
    system,
    spec.argv,
    { cwd: spec.directory, env, ipc: spec.kind === 'data-plane' },
    (pid, startTime) =>
      world.ledger.add({ id: spec.id, replica: index, pid, startTime, stop: spec.stop, leaderOnly, rank: spec.rank }),
  );
  const { pid } = running;
  const output = captureOutput(world, spec, index, running);
  let over = false;
  const ended = running.ended.then(async (end): Promise<Ended> => {
    over = true;
    await output.rest(outputAfterEnd);
    return missingFolder(spec, end);
  });
  let stopping: Promise<void> | undefined;
  let isGone = false;
  const gone = running.ended.then(async () => {
    if (pid !== undefined) await endRest(world, pid, spec.stop.graceMs, stopping !== undefined);
    isGone = true;
    if (pid !== undefined) drop(world, pid);
  });
  const kill = () => {
    if (pid !== undefined && !isGone) system.processes.signal(-pid, 'SIGKILL');
  };
  const stop = async (force: AbortSignal) => {
    const ask = pid !== undefined && !over && !force.aborted;
    if (ask) system.processes.signal(leaderOnly ? pid : -pid, spec.stop.signal);
    await within(world, spec.stop.graceMs, gone, force);
    kill();
    await gone;
  };
  return {
    index,
    ports,
    pid,
    startedAt: system.clock.now(),
    env,
    running,
    ended,
    gone,
    lastLines: output.lastLines,
    hasEnded: () => over,
    stop(force) {
      stopping ??= stop(force);
      force.addEventListener('abort', kill, { once: true });
      return stopping;
    },
  };
}

/** `spawn` blames the program when the folder is missing. */
function missingFolder(spec: ProgramSpec, { code, signal, error }: Awaited<Running['ended']>): Ended {
  if (!error) return { code, signal };
  const text =
    (error as NodeJS.ErrnoException).code === 'ENOENT' ? `the folder ${spec.directory} is missing` : error.message;
  return { code, signal, error: new Error(text) };
}

/** The leader has ended: what it left in its group ends too. In a stop it has the signal already, and its grace. */
async function endRest(world: World, group: number, graceMs: number, stopping: boolean): Promise<void> {
  const { system } = world;
  const ended = () => !groupLives(system, group);
  if (ended()) return;
  if (!stopping) system.processes.signal(-group, 'SIGTERM');
  if (await waitGone(system, stopping ? graceMs : Math.min(graceMs, restOfGroup), ended)) return;
  system.processes.signal(-group, 'SIGKILL');
  await waitGone(system, killedWithin, ended);
}

function drop(world: World, pid: number): void {
  try {
    world.ledger.drop(pid);
  } catch (error) {
    // An entry too many does no harm: its start time fits no other process.
    world.note(`ledger: ${String(error)}`);
  }
}

async function within(world: World, ms: number, done: Promise<void>, force: AbortSignal): Promise<void> {
  if (force.aborted) return;
  const enough = new AbortController();
  const time = world.system.clock.sleep(ms, AbortSignal.any([enough.signal, force])).catch(() => {});
  await Promise.race([done, time]);
  enough.abort();
}
