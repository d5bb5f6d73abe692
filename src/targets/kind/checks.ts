/** Checks of the kind target: the engine and what it stands on, tools, and clusters that nobody owns any more. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, failed, ok, skipped, type Verdict } from '../../engine/check.ts';
import type { ResolvedPins } from '../../platform/compatibility.ts';
import type { System } from '../../system/system.ts';
import { refusesV1 } from './cgroups.ts';
import { type Detected, detectEngine, type Engine, engineNames, engineSays } from './engine.ts';
import { kindFolder } from './folder.ts';
import { toolOnPath } from './tools.ts';

/** Where the cluster of a project keeps the keys of its platform. */
export const platformKeys = (projectFolder: string): string => kindFolder(projectFolder).platform;

export interface KindCheckOptions {
  /** The pins, with what a mirror replaces. */
  readonly pins: () => Promise<Pick<ResolvedPins, 'pins' | 'notices'>>;
  /** This target must work: what it cannot do without is fatal. */
  readonly wanted: boolean;
  /** Stands before /proc and /sys; '' but for tests. */
  readonly root: string;
  /** Pulls that Docker Hub still allows this address; undefined when the network is not to be asked. */
  readonly quota: (() => Promise<{ readonly left: number; readonly of: number } | undefined>) | undefined;
}

const category = 'Target kind';
const notNeeded = 'no container engine is installed; not needed for the process target';

type Ask = (engine: Engine, system: System) => Promise<Verdict>;

export function kindChecks(options: KindCheckOptions): readonly Check[] {
  // Asked once, when the first check wants it.
  let asking: Promise<Detected> | undefined;
  const detected = (system: System) => (asking ??= detectEngine(system));
  const severity = options.wanted ? 'fatal' : 'warning';
  let telling: Promise<Info> | undefined;
  const info = (engine: Engine, system: System) => (telling ??= infoOf(engine, system));
  const check = (id: string, title: string, severity: Check['severity'], ask: Ask): Check => ({
    id,
    category,
    title,
    severity,
    async ask(system) {
      if (engineNames.every((name) => system.processes.which(name) === undefined))
        return skipped(options.wanted ? 'no container engine is installed' : notNeeded);
      const { engine } = await detected(system);
      return engine === undefined ? skipped('the container engine does not answer') : ask(engine, system);
    },
  });
  return [
    {
      id: 'engine',
      category,
      title: 'a container engine answers',
      severity,
      async ask(system) {
        if (engineNames.every((name) => system.processes.which(name) === undefined))
          return options.wanted ? failed('none is installed') : skipped(notNeeded);
        const { engine, why } = await detected(system);
        return engine === undefined
          ? failed(`${why}; the process target works without`)
          : ok(why.replace(' answers', ''));
      },
    },
    check('cgroups', 'control groups are version 2', severity, async (engine, system) =>
      cgroups(await info(engine, system), options),
    ),
    check('rootless', 'a rootless engine may limit resources and open ports', 'warning', async (engine, system) =>
      rootless(await info(engine, system), options),
    ),
    check('engine-memory', 'the engine has memory for a cluster', 'warning', async (engine, system) =>
      engineMemory(await info(engine, system)),
    ),
    check('tools', 'kind, helm and kubectl fit the pins', 'warning', (_, system) => tools(system, options)),
    check('stale-clusters', 'no cluster of opta outlived its project', 'warning', staleClusters),
    check('docker-hub', 'Docker Hub allows more pulls', 'warning', () => dockerHub(options)),
  ];
}

async function cgroups(info: Info, { root, pins: resolved }: KindCheckOptions): Promise<Verdict> {
  const own = existsSync(join(root, '/sys/fs/cgroup/cgroup.controllers')) ? '2' : '1';
  const found = info.CgroupVersion ?? info.host?.cgroupVersion?.replace('v', '') ?? own;
  if (found !== '1') return ok();
  const { pins } = await resolved();
  const { version } = pins.images.node;
  if (!refusesV1(version)) return ok(`version 1, which Kubernetes ${version} still takes`);
  return ok(`version 1: the kubelet of Kubernetes ${version} is told to take it (failCgroupV1: false)`);
}

interface Info {
  readonly SecurityOptions?: readonly string[];
  readonly CgroupVersion?: string;
  /** The engine keeps control groups itself, since systemd delegates none. */
  readonly undelegated: boolean;
  readonly MemTotal?: number;
  readonly host?: {
    readonly security?: { readonly rootless?: boolean };
    readonly cgroupVersion?: string;
    readonly memTotal?: number;
  };
}

async function infoOf(engine: Engine, system: System): Promise<Info> {
  const format = engine.name === 'podman' ? 'json' : '{{json .}}';
  const text = await engineSays(system, engine, ['info', '--format', format], { timeoutMs: 10_000 });
  const facts = JSON.parse(text) as Omit<Info, 'undelegated'>;
  // Docker's word, then Podman's.
  return { ...facts, undelegated: /"CgroupDriver":\s*"none"|"cgroupManager":\s*"cgroupfs"/.test(text) };
}

async function rootless(info: Info, { root }: KindCheckOptions): Promise<Verdict> {
  const { SecurityOptions = [], undelegated, host } = info;
  const isRootless = SecurityOptions.some((one) => one.includes('rootless')) || host?.security?.rootless === true;
  if (!isRootless) return skipped('the engine is not rootless');
  const troubles: string[] = [];
  if (undelegated) troubles.push('it may not delegate control groups to containers');
  const { textOf } = await import('../../platform/checks/machine.ts');
  const first = Number((await textOf(join(root, '/proc/sys/net/ipv4/ip_unprivileged_port_start'))) ?? 0);
  if (first > 80) troubles.push(`ports below ${first} are closed to it: the ingress takes 8443 and 8080`);
  return troubles.length === 0 ? ok() : failed(troubles.join('; '));
}

/** A floor of our own: a node with platform, mesh and a small app does not fit below it. */
const leastMemory = 3 * 1024 ** 3;

function engineMemory({ MemTotal, host }: Info): Verdict {
  const total = MemTotal ?? host?.memTotal;
  if (total === undefined) return skipped('the engine does not say');
  const says = `${(total / 1024 ** 3).toFixed(1)} GB`;
  return total >= leastMemory
    ? ok(says)
    : failed(`${says} is little: pods of a cluster with a mesh may wait or be killed`);
}

async function tools(system: System, { pins: resolved }: KindCheckOptions): Promise<Verdict> {
  const { pins, notices } = await resolved();
  const { binaries, images } = pins;
  const own = await Promise.all(
    (['kind', 'helm'] as const).map(async (name) => {
      const found = await toolOnPath(system, name, binaries[name].version);
      if (found !== undefined) return `${name} ${found.version}`;
      const other = system.processes.which(name) === undefined ? '' : ' instead of the one on PATH';
      return `${name} ${binaries[name].version} is fetched${other}`;
    }),
  );
  const kubectl = await kubectlVersion(system);
  if (kubectl !== undefined) {
    const wanted = Number(images.node.version.split('.')[1]);
    const apart = Math.abs(Number(kubectl.split('.')[1]) - wanted);
    // kubectl supports one minor version to either side (version skew policy of Kubernetes).
    if (apart > 1)
      return failed(
        `kubectl ${kubectl} is ${apart} minor versions from Kubernetes ${images.node.version} of the nodes`,
      );
    own.push(`kubectl ${kubectl}`);
  }
  return notices.length === 0 ? ok(own.join(', ')) : failed(notices.map(({ message }) => message).join(' '));
}

async function kubectlVersion(system: System): Promise<string | undefined> {
  const program = system.processes.which('kubectl');
  if (program === undefined) return undefined;
  const { stdout } = await system.processes.run([program, 'version', '--client', '--output', 'json'], {
    timeoutMs: 5000,
  });
  return /"gitVersion":\s*"v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
}

/** The node of a cluster mounts the registries of its project; where that project is gone, nobody can take it down. */
async function staleClusters(engine: Engine, system: System): Promise<Verdict> {
  const nodes = (
    await engineSays(system, engine, ['ps', '--all', '--quiet', '--filter', 'label=io.x-k8s.kind.cluster'], {
      timeoutMs: 10_000,
    })
  )
    .split('\n')
    .filter(Boolean);
  if (nodes.length === 0) return ok('there is none');
  const told = await engineSays(system, engine, ['inspect', ...nodes], { timeoutMs: 10_000 });
  const stale = staleNodes(JSON.parse(told) as readonly Inspected[], existsSync);
  if (stale.length === 0) return ok();
  return failed(`${stale.join(', ')} belong to projects that are gone`, [
    engine.program,
    'rm',
    '--force',
    '--volumes',
    ...stale,
  ]);
}

export interface Inspected {
  readonly Name: string;
  readonly Mounts?: readonly { readonly Source?: string }[];
}

/** Names of nodes that opta made for a folder that `exists` no longer. */
export function staleNodes(nodes: readonly Inspected[], exists: (path: string) => boolean): string[] {
  return nodes.flatMap(({ Name, Mounts = [] }) => {
    const [, project] =
      Mounts.map(({ Source = '' }) => /^(.+)\/\.opta\/kind\//.exec(Source)).find((found) => found !== null) ?? [];
    return project === undefined || exists(project) ? [] : [Name.replace(/^\//, '')];
  });
}

async function dockerHub({ quota }: KindCheckOptions): Promise<Verdict> {
  if (quota === undefined) return skipped('asked only with --network');
  const found = await quota();
  if (found === undefined) return skipped('Docker Hub did not answer, or has no limit for this address');
  const says = `${found.left} of ${found.of} pulls are left`;
  return found.left >= 5 ? ok(says) : failed(`${says}: set \`mirror\`, or log in with the engine`);
}
