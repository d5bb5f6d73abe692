/** Machines for checks: the real System with parts replaced, and folders that stand for / . */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Check, Verdict } from '../../src/engine/check.ts';
import { nodeSystem } from '../../src/system/node.ts';
import type { Finished, System } from '../../src/system/system.ts';

/** What a program says, by its command line without the path; a missing line ends with code 1. */
export type Programs = Readonly<Record<string, string>>;

export interface MachineParts {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly platform?: NodeJS.Platform;
  /** Only these are on PATH. */
  readonly programs?: Programs;
  readonly now?: number;
  /** Ports that other programs hold. */
  readonly taken?: readonly number[];
}

export function machine({ programs = {}, now, taken = [], ...parts }: MachineParts = {}): System {
  const real = nodeSystem();
  const names = new Set(Object.keys(programs).map((line) => line.split(' ')[0]));
  const run = async (argv: readonly string[]): Promise<Finished> => {
    const line = [argv[0]?.split('/').at(-1), ...argv.slice(1)].join(' ');
    const said = Object.entries(programs).find(([begin]) => line.startsWith(begin))?.[1];
    return {
      argv,
      code: said === undefined ? 1 : 0,
      signal: undefined,
      stdout: said ?? '',
      stderr: said === undefined ? 'refused' : '',
    };
  };
  return {
    ...real,
    stdin: real.stdin,
    env: {},
    uid: 1000,
    platform: 'linux',
    ...parts,
    clock: now === undefined ? real.clock : { ...real.clock, now: () => now },
    processes: { ...real.processes, run, which: (name) => (names.has(name) ? `/usr/bin/${name}` : undefined) },
    network: { ...real.network, canListen: async (port) => !taken.includes(port) },
  };
}

/** A folder that stands for /, with these files. */
export async function rootWith(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'opta-root-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

/** The verdict of one check of a list. */
export async function verdictOf(checks: readonly Check[], id: string, system: System): Promise<Verdict> {
  const check = checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  return check.ask(system);
}
