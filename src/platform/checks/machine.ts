/** Checks of the machine itself: Node, folders, memory, disk, limits of the kernel, clock. */
import { constants } from 'node:fs';
import { access, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import satisfies from 'semver/functions/satisfies.js';
import { type Check, failed, ok, skipped } from '../../engine/check.ts';
import type { System } from '../../system/system.ts';
import { readAuthorityFacts } from './authority.ts';

export interface MachineOptions {
  /** Absolute. */
  readonly projectFolder: string;
  /** Folder of the installed package. */
  readonly packageRoot: string;
  /** Stands before /proc and /sys; '' but for tests. */
  readonly root: string;
  /** The time of somebody else, in milliseconds; undefined when the network is not to be asked. */
  readonly otherClock: (() => Promise<number | undefined>) | undefined;
}

const category = 'This machine';
const gigabyte = 1024 ** 3;
/** A file watcher and three services need some hundred MB; below half a GB processes are killed. */
const leastMemory = 0.5 * gigabyte;
const leastDisk = 1 * gigabyte;
/** The figures of kind's known issues, "pod errors due to too many open files". */
const inotify = { max_user_watches: 524_288, max_user_instances: 512 } as const;
/** A certificate of ours begins an hour in the past; a clock further back finds it not yet valid. */
const mostSkew = 3_600_000;

const gigabytes = (bytes: number): string => `${(bytes / gigabyte).toFixed(1)} GB`;

export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}

export function machineChecks(options: MachineOptions): readonly Check[] {
  return [
    nodeCheck(options),
    folderCheck(options),
    memoryCheck(options),
    diskCheck(options),
    inotifyCheck(options),
    wslCheck(options),
    clockCheck(options),
  ];
}

function nodeCheck({ packageRoot }: MachineOptions): Check {
  return {
    id: 'node',
    category,
    title: 'this Node runs opta',
    severity: 'fatal',
    async ask(system) {
      const { engines } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as {
        engines: { node: string };
      };
      const { stdout } = await system.processes.run([system.node, '--version'], { timeoutMs: 10_000 });
      const version = stdout.trim().replace(/^v/, '');
      return satisfies(version, engines.node)
        ? ok(version)
        : failed(`${system.node} is ${version}; opta needs ${engines.node}`);
    },
  };
}

/** The nearest folder above, itself included, that is there. */
async function nearest(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found !== undefined || dirname(at) === at) return at;
  }
}

function folderCheck({ projectFolder }: MachineOptions): Check {
  return {
    id: 'state-folder',
    category,
    title: '.opta can be written',
    severity: 'fatal',
    async ask() {
      const folder = await nearest(join(projectFolder, '.opta'));
      try {
        if (!(await stat(folder)).isDirectory()) return failed(`${folder} is a file`);
        await access(folder, constants.W_OK | constants.X_OK);
        return ok();
      } catch (error) {
        return failed(`${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`);
      }
    },
  };
}

function memoryCheck({ root }: MachineOptions): Check {
  return {
    id: 'memory',
    category,
    title: 'memory is left for services',
    severity: 'warning',
    async ask() {
      const [, kilobytes] = /^MemAvailable:\s+(\d+) kB/m.exec((await textOf(join(root, '/proc/meminfo'))) ?? '') ?? [];
      if (kilobytes === undefined) return skipped('this system does not say how much memory is left');
      const left = Number(kilobytes) * 1024;
      return left >= leastMemory
        ? ok(gigabytes(left))
        : failed(`only ${gigabytes(left)} left, ${gigabytes(leastMemory)} is little`);
    },
  };
}

function diskCheck({ projectFolder }: MachineOptions): Check {
  return {
    id: 'disk',
    category,
    title: 'the disk of the project has room',
    severity: 'warning',
    async ask() {
      const { bavail, bsize } = await statfs(await nearest(projectFolder));
      const left = bavail * bsize;
      return left >= leastDisk
        ? ok(gigabytes(left))
        : failed(`only ${gigabytes(left)} left; databases and images need ${gigabytes(leastDisk)}`);
    },
  };
}

function inotifyCheck({ root }: MachineOptions): Check {
  return {
    id: 'inotify',
    category,
    title: 'enough files can be watched',
    severity: 'warning',
    async ask(system) {
      if (system.platform !== 'linux') return skipped('only Linux has these limits');
      const low: (readonly [string, number, number])[] = [];
      for (const [name, wanted] of Object.entries(inotify)) {
        const has = Number(await textOf(join(root, '/proc/sys/fs/inotify', name)));
        if (!(has >= wanted)) low.push([name, has, wanted]);
      }
      if (low.length === 0) return ok();
      const says = low.map(([name, has, wanted]) => `${name} is ${has}, below ${wanted}`).join('; ');
      return failed(
        says,
        ...low.map(([name, , wanted]) => asRoot(system, ['sysctl', '-w', `fs.inotify.${name}=${wanted}`])),
      );
    },
  };
}

const asRoot = (system: System, argv: readonly string[]): readonly string[] =>
  system.uid === 0 ? argv : ['sudo', ...argv];

function wslCheck({ root, projectFolder }: MachineOptions): Check {
  return {
    id: 'wsl',
    category,
    title: 'WSL is version 2, and the project is on its own disk',
    severity: 'warning',
    async ask() {
      const release = (await textOf(join(root, '/proc/sys/kernel/osrelease'))) ?? '';
      if (!/microsoft/i.test(release)) return skipped('this is not WSL');
      if (!/WSL2|microsoft-standard/i.test(release))
        return failed(`this is WSL 1 (${release.trim()}): it has no cgroups and no containers`);
      if (/^\/mnt\/[a-z]\//.test(projectFolder))
        return failed(`${projectFolder} is on a disk of Windows: changes of files are not seen, and reading is slow`);
      return ok('WSL 2');
    },
  };
}

function clockCheck({ packageRoot, otherClock }: MachineOptions): Check {
  return {
    id: 'clock',
    category,
    title: 'the clock is right',
    severity: 'warning',
    async ask(system) {
      const now = system.clock.now();
      const authority = await readAuthorityFacts(system);
      const newest = Math.max((await stat(join(packageRoot, 'package.json'))).mtimeMs, authority?.since ?? 0);
      if (now + mostSkew < newest)
        return failed(`it says ${new Date(now).toISOString()}, before files of opta were made`);
      if (otherClock === undefined) return ok('not before the files of opta; `--network` compares it with a server');
      const other = await otherClock();
      if (other === undefined) return ok('no server answered to compare it with');
      const seconds = Math.round(Math.abs(now - other) / 1000);
      return seconds <= 60 ? ok(`${seconds} s from a server`) : failed(`it is ${seconds} s away from a server's`);
    },
  };
}
