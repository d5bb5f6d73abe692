/** Ports of a project on 127.0.0.1: chosen once, kept in `.opta/ports.json`, so that a second run changes nothing. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../app/app.ts';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';

/** `https`, `http`, `metrics`, `spans`, `proxy <service>`, `direct <service> <upstream>` or `resource <id>`. */
export type PortKey = string;
export type Ports = Readonly<Record<PortKey, number>>;

export interface WantedPorts {
  readonly https: number | undefined;
  readonly http: number | undefined;
  readonly keys: readonly PortKey[];
}

/** Where Prometheus asks. */
export const metricsKey: PortKey = 'metrics';
/** Where apps send their spans. */
export const spansKey: PortKey = 'spans';
export const proxyKey = (service: string): PortKey => `proxy ${service}`;
export const directKey = (service: string, upstream: string): PortKey => `direct ${service} ${upstream}`;
export const resourceKey = (id: string): PortKey => `resource ${id}`;
export const upstreamKey = (service: string, port: string): string => `${service}:${port}`;

/** Every port an App needs but for its replicas' own, in a stable order. */
export function portKeys(app: App): readonly PortKey[] {
  const keys: PortKey[] = app.resources.map(({ id }) => resourceKey(id));
  // One server stands in for every AWS-like resource.
  if (app.resources.length > 0) keys.push(resourceKey('shared'));
  const services = new Map(app.services.map((service) => [service.id, service]));
  if (app.services.length > 0) keys.push(metricsKey, spansKey);
  for (const service of app.services) {
    keys.push(proxyKey(service.id));
    for (const link of service.links) {
      for (const port of services.get(link.to)?.ports ?? [])
        keys.push(directKey(service.id, upstreamKey(link.to, port.name)));
    }
  }
  return keys;
}

/** Who may be on a kept port without being in the way. */
export interface Holders {
  /** Ports that our own programs listen on. */
  readonly ours: ReadonlySet<number>;
  /** A killed run left something: its data plane ends by itself, but not at once. */
  readonly leftovers: boolean;
}

/** Milliseconds that an orphaned data plane may take to see that its supervisor is gone. */
const untilOrphansEnd = 20_000;

/** The first choices for the ingress: free for everybody, unlike 443 and 80. */
const preferred = { https: 8443, http: 8080 } as const;

/**
 * Fills in a port for every key. A kept port stays when it is free or `ours` already listens there.
 * The ingress ports are part of people's bookmarks: one that was asked for or kept and is taken is an error `port-taken`,
 * which names both when both are, and what is free instead.
 */
export async function choosePorts(system: System, wanted: WantedPorts, kept: Ports, holders: Holders): Promise<Ports> {
  const { ours } = holders;
  const chosen: Record<PortKey, number> = await ingressPorts(system, wanted, kept, holders);
  // Nobody may listen there yet, so they look free.
  const spoken = new Set([...Object.values(kept), ...Object.values(chosen)]);
  const rest = wanted.keys.map(async (key) => {
    const port = kept[key];
    chosen[key] =
      port !== undefined && (ours.has(port) || (await canListen(system, port))) ? port : await freePort(system, spoken);
  });
  await Promise.all(rest);
  return chosen;
}

type IngressPort = 'https' | 'http';

async function ingressPorts(
  system: System,
  wanted: WantedPorts,
  kept: Ports,
  holders: Holders,
): Promise<Record<IngressPort, number>> {
  const fixed = { https: wanted.https ?? kept['https'], http: wanted.http ?? kept['http'] };
  if (wanted.https !== undefined && wanted.https === wanted.http) {
    throw new UserError('bad-value', `--https-port and --http-port are both ${wanted.https}`, {
      hints: ['The HTTP port redirects to the HTTPS one: name two.'],
      exitCode: 2,
    });
  }
  // What was asked for just now goes before what another run chose for the other.
  if (fixed.https === fixed.http) fixed[wanted.https === undefined ? 'https' : 'http'] = undefined;
  const end = system.clock.monotonic() + (holders.leftovers ? untilOrphansEnd : 0);
  const isFree = (port: number | undefined) => port === undefined || mayHave(system, port, holders.ours, end);
  const [https, http] = await Promise.all([isFree(fixed.https), isFree(fixed.http)]);
  const free = async (name: IngressPort, other: number | undefined) => firstFree(system, preferred[name], other);
  if (https && http) {
    const first = fixed.https ?? (await free('https', fixed.http));
    return { https: first, http: fixed.http ?? (await free('http', first)) };
  }
  const taken = { ...(!https && { https: fixed.https }), ...(!http && { http: fixed.http }) };
  const instead = {
    ...(!https && { https: await free('https', fixed.http) }),
    ...(!http && { http: await free('http', fixed.https) }),
  };
  throw portsTaken(taken, instead);
}

function portsTaken(taken: Partial<Ports>, instead: Partial<Ports>): UserError {
  const names = Object.keys(taken);
  const which =
    names.length === 2
      ? `ports ${taken['https']} and ${taken['http']} of the ingress are`
      : names.map((name) => `port ${taken[name]} of the ${name.toUpperCase()} ingress is`).join('');
  const flags = Object.entries(instead).map(([name, port]) => `--${name}-port ${port}`);
  return new UserError('port-taken', `${which} taken by another program`, {
    hints: [
      `Stop that program, or choose another port: \`${flags.join(' ')}\`.`,
      'Another project of opta stops with `opta dev down` in its folder.',
      'The choice is kept in .opta/ports.json.',
    ],
  });
}

async function canListen(system: System, port: number): Promise<boolean> {
  try {
    return await system.network.canListen(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw new UserError('port-not-allowed', `port ${port} may not be opened by this user`, {
      hints: ['Take a port above 1023: `--https-port 8443 --http-port 8080`.'],
      cause: error,
    });
  }
}

/** `other` is left to the other part of the ingress. */
async function firstFree(system: System, first: number, other: number | undefined): Promise<number> {
  for (let port = first; port < first + 40; port++) if (port !== other && (await canListen(system, port))) return port;
  return system.network.freePort();
}

/** A port that nobody listens on, and that is nobody's yet. */
export async function freePort({ network }: System, spoken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = await network.freePort();
    if (!spoken.has(port)) return port;
  }
}

/** Whether a port is free, ours, or let go before `end`. */
async function mayHave(system: System, port: number, ours: ReadonlySet<number>, end: number): Promise<boolean> {
  if (ours.has(port)) return true;
  for (;;) {
    if (await canListen(system, port)) return true;
    if (system.clock.monotonic() >= end) return false;
    await system.clock.sleep(50);
  }
}

/** A file that was torn by a crash or is no list of ports is as good as none: ports are chosen anew. */
export async function readPorts(folder: string): Promise<Ports> {
  try {
    const found: unknown = JSON.parse(await readFile(join(folder, 'ports.json'), 'utf8'));
    const entries = Object.entries(typeof found === 'object' ? (found ?? {}) : {});
    return Object.fromEntries(entries.filter(([, port]) => Number.isInteger(port) && port > 0 && port < 65_536));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** `folder` is the project's `.opta`. */
export async function keepPorts(folder: string, ports: Ports): Promise<void> {
  const file = join(folder, 'ports.json');
  await writeFile(`${file}.new`, `${JSON.stringify(ports, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
