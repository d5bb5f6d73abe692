/** The real System. */
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { nodeClock } from './clock.ts';
import { linuxStartTime, nodeProcesses } from './exec.ts';
import { nodeNetwork } from './network.ts';
import type { System } from './system.ts';

/** macOS and the BSDs: `ps` knows the start to the second. */
function psStartTime(pid: number): string | undefined {
  const found = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const text = found.stdout.trim();
  if (found.status !== 0 || text === '' || text.startsWith('Z')) return undefined;
  return text.slice(text.indexOf(' ') + 1).trim();
}

export function nodeSystem(): System {
  const startTime = process.platform === 'linux' ? linuxStartTime : psStartTime;
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    platform: process.platform,
    arch: process.arch,
    uid: process.getuid?.(),
    pid: process.pid,
    node: process.execPath,
    // Opening a standard stream costs start-up time, so each is opened when first used.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    clock: nodeClock,
    processes: nodeProcesses(process.env, startTime),
    network: nodeNetwork(),
  };
}
