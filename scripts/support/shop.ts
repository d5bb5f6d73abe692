/** A scaffolded shop with its packages installed, and requests through its ingress, for the scripts that measure. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeSystem } from '../../src/system/node.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const bin = join(root, 'src', 'opta.cjs');
/** A machine with a container engine would take a cluster. */
const env = { ...process.env, OPTA_ON: 'process' };

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly ms: number;
}

/** Runs the bin with the Node that runs this script; its whole output is kept. */
export function opta(args: readonly string[], cwd: string, signal?: AbortSignal): Promise<Ended> {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    signal?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
    child.on('close', (code, killed) => resolve({ code, signal: killed, output, ms: performance.now() - began }));
  });
}

export async function mustRun(args: readonly string[], cwd: string): Promise<Ended> {
  const ended = await opta(args, cwd);
  if (ended.code !== 0) throw new Error(`opta ${args.join(' ')} ended with ${ended.code}:\n${ended.output}`);
  return ended;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request through the ingress on 127.0.0.1, on a connection of its own; the certificate is not the point here. */
function ask(port: number, path: string, host: string, method: string, body?: string): Promise<Answer> {
  const options = { host: '127.0.0.1', port, path, method, servername: host, headers: { host }, agent: false as const };
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, rejectUnauthorized: false, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in 10 s')));
    asked.on('error', reject).end(body);
  });
}

export const get = (port: number, path: string, host = 'shop.localhost'): Promise<Answer> =>
  ask(port, path, host, 'GET');

export const post = (port: number, path: string, body: unknown, host = 'shop.localhost'): Promise<Answer> =>
  ask(port, path, host, 'POST', JSON.stringify(body));

const { network } = nodeSystem();

/** Another one at each call. */
export const freePort = (): Promise<number> => network.freePort();

export interface Shop {
  readonly folder: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  readonly up: readonly string[];
  /** Stops it, deletes its data and its folder. */
  remove(): Promise<void>;
}

/** Scaffolds the shop into a temporary folder and installs its services' packages by one first run. */
export async function makeShop(): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), 'opta-shop-'));
  const [httpsPort, httpPort] = [await freePort(), await freePort()];
  const up = [
    'dev',
    'up',
    '--on',
    'process',
    '--detach',
    '--https-port',
    String(httpsPort),
    '--http-port',
    String(httpPort),
  ];
  await mustRun(['init', '--recipe', 'shop', '--yes', '--dir', folder, '--name', 'shop'], folder);
  await mustRun(up, folder);
  await mustRun(['dev', 'down', '--volumes'], folder);
  return {
    folder,
    httpsPort,
    httpPort,
    up,
    async remove() {
      if (existsSync(join(folder, '.opta', 'run.json'))) await mustRun(['dev', 'down', '--volumes'], folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
