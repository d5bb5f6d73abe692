/** Ports of this machine that lead into the cluster: fixed for its life, so chosen once and kept. */
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { spareNodePorts } from './cluster-config.ts';
import type { ClusterPorts } from './folder.ts';

export interface WantedPorts {
  readonly https: number | undefined;
  readonly http: number | undefined;
}

/** First choices, then what is free for everybody. 5000 is AirPlay on macOS. */
const preferred = { https: [443, 8443], http: [80, 8080], registry: [5001] } as const;

/**
 * True when nobody listens. The engine opens ports with rights of its own, so one that this user may not open is free
 * when nothing answers there.
 */
async function isUnheard({ network }: System, port: number): Promise<boolean> {
  try {
    return await network.canListen(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    return !(await network.accepts(port));
  }
}

/** The first choice that fits, else any port that does. */
async function chosen(
  { network }: System,
  choices: readonly number[],
  isFit: (port: number) => Promise<boolean>,
): Promise<number> {
  for (const port of choices) if (await isFit(port)) return port;
  for (;;) {
    const port = await network.freePort();
    if (await isFit(port)) return port;
  }
}

/** And the forty after the last. */
const orNext = (choices: readonly number[]): readonly number[] => [
  ...choices,
  ...Array.from({ length: 40 }, (_, at) => (choices.at(-1) ?? 1024) + at + 1),
];

/** Ports for a cluster that is yet to be made; `ours` are held by what will be deleted first; `holderOf` names who has one. Throws UserError `port-taken` for one that was asked for or kept. */
export async function choosePorts(
  system: System,
  wanted: WantedPorts,
  kept: ClusterPorts | undefined,
  ours: ReadonlySet<number>,
  holderOf: (port: number) => Promise<string | undefined> = async () => undefined,
): Promise<ClusterPorts> {
  const taken = new Set<number>();
  const isFree = async (port: number) => ours.has(port) || isUnheard(system, port);
  // Nobody listens yet on those that were chosen before.
  const isFit = async (port: number) => !taken.has(port) && (await isFree(port));
  const choose = async (name: 'https' | 'http' | 'registry', asked?: number) => {
    const fixed = asked ?? (name === 'registry' ? undefined : kept?.[name]);
    if (fixed !== undefined && !(await isFree(fixed))) throw portTaken(name, fixed, await holderOf(fixed));
    const again = name === 'registry' && kept ? [kept.registry, ...preferred.registry] : preferred[name];
    const port = fixed ?? (await chosen(system, orNext(again), isFit));
    taken.add(port);
    return port;
  };
  const https = await choose('https', wanted.https);
  const http = await choose('http', wanted.http);
  const registry = await choose('registry');
  const spare: number[] = [];
  for (const at of spareNodePorts.keys()) {
    const before = kept?.spare[at];
    const port = await chosen(system, before === undefined ? [] : [before], isFit);
    taken.add(port);
    spare.push(port);
  }
  return { https, http, registry, spare };
}

/**
 * The registry's port for a cluster that is there: as it was, unless somebody took it while the registry stood still.
 * Nodes know the registry by a name that only carries the port, so that another one costs a roll and no new cluster.
 */
export async function registryPort(system: System, { https, http, registry, spare }: ClusterPorts): Promise<number> {
  const others = new Set([https, http, ...spare]);
  const isFit = async (port: number) => !others.has(port) && isUnheard(system, port);
  return chosen(system, orNext([registry, ...preferred.registry]), isFit);
}

function portTaken(name: string, port: number, holder = 'another program'): UserError {
  return new UserError('port-taken', `port ${port} of the ${name.toUpperCase()} ingress is taken by ${holder}`, {
    hints: [
      `Stop that, or choose another port: \`--${name}-port ${port < 1024 ? port + 8000 : port + 1}\`.`,
      'The choice is kept in .opta/kind/cluster.json.',
    ],
  });
}
