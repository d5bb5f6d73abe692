/** A temporary project that the real bin runs, with tiny services, and the question whether anything of it is left. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Event } from '../../src/engine/event.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { stateFolder } from '../../src/targets/process/supervisor/folder.ts';
import { freePort } from './ports.ts';

export const bin = join(import.meta.dirname, '..', '..', 'src', 'opta.cjs');

/** Data and cache of all projects of one test file, apart from those of the machine's user. */
const home = mkdtempSync(join(tmpdir(), 'opta-home-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from start to end. */
  readonly ms: number;
}

export interface Bin {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout(): string;
  stderr(): string;
  /** Resolves with the milliseconds since the start when either output holds `text`; rejects when it ends before. */
  says(text: string | RegExp): Promise<number>;
}

export interface BinOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What stands before node, such as `['script', ...]`. */
  readonly through?: (argv: readonly string[]) => readonly string[];
}

export interface BinProject {
  readonly folder: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** File of the local authority's certificate. */
  readonly authority: string;
  /** `.opta` and what is below it. */
  state(...names: string[]): string;
  write(name: string, text: string): string;
  start(args: readonly string[], options?: BinOptions): Bin;
  opta(args: readonly string[], options?: BinOptions): Promise<Ended>;
  /** `dev up --detach --json` on the project's own ports, and its events. */
  up(more?: readonly string[], options?: BinOptions): Promise<Ended & { readonly events: readonly Event[] }>;
  /** Throws what kept it from that unless `up` ends 0. */
  isUp(): Promise<void>;
  down(): Promise<Ended>;
  /** Body of a request through the ingress; throws unless it is 200. */
  get(path?: string, host?: string): Promise<string>;
  /** Pids of everything that runs for this project, its supervisor included (Linux). */
  pids(): readonly number[];
  /** Of all of them, each with zeros between its arguments. */
  commandLines(): readonly string[];
  /** What must not be there once everything is down: processes, listeners, ledger, lock, socket. */
  leftovers(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** Answers who it is; the ways to misbehave are scripts of their own. */
export const server = `
import { createServer } from 'node:http';
const { PORT, OPTA_REPLICA, WORD = '' } = process.env;
const answer = JSON.stringify({ pid: process.pid, replica: OPTA_REPLICA, word: WORD });
const server = createServer((request, response) => response.end(answer));
server.listen(PORT, '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
`;

/** A layer `bad` with one public service whose code is in `code/`; `more` are lines of the module, or other modules. */
export function layer(more = '', command = '[node, server.mjs]'): string {
  return `name: bad
authorization: open
modules:
  - name: web
    type: k8s-service
    image: AUTO
    port:
      http: 8080
    public_uri: /
    dev:
      directory: code
      command: ${command}
${more}`;
}

function proc(pid: number, what: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return '';
  }
}

const system = nodeSystem();

/** Settings that keep a project's runs apart from the machine's user. */
export const apart = {
  OPTA_DATA_DIR: join(home, 'data'),
  OPTA_CACHE_DIR: join(home, 'cache'),
  NO_COLOR: '1',
  OPTA_ON: 'process',
} as const;

export function startBin(args: readonly string[], options: BinOptions & { cwd: string }): Bin {
  const argv = [process.execPath, bin, ...args];
  const [file = '', ...rest] = options.through?.(argv) ?? argv;
  const { CI: _, ...inherited } = process.env;
  const env = { ...inherited, ...apart, ...options.env };
  const began = performance.now();
  const child = spawn(file, rest, { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const out = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      out[name] += chunk;
      for (const look of listeners) look();
    });
  }
  child.stdin.on('error', () => {});
  const since = () => performance.now() - began;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...out, ms: since() }));
  });
  const has = (text: string | RegExp) =>
    [out.stdout, out.stderr].some((all) => (typeof text === 'string' ? all.includes(text) : text.test(all)));
  return {
    child,
    ended,
    stdout: () => out.stdout,
    stderr: () => out.stderr,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!has(text)) return;
          listeners.delete(look);
          resolve(since());
        };
        listeners.add(look);
        look();
        void ended.then((end) =>
          reject(new Error(`it ended without saying ${text}:\n${JSON.stringify(end, null, 1)}`)),
        );
      }),
  };
}

export function eventsOf(stdout: string): Event[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event);
}

export async function makeBinProject(definition: string, script: string = server): Promise<BinProject> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'opta-bad-')));
  const { mark, path, control } = stateFolder(system, folder);
  const [httpsPort, httpPort] = [await freePort(), await freePort()];
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  write('opta.yaml', definition);
  write('code/server.mjs', script);
  const pids = () =>
    readdirSync('/proc')
      .map(Number)
      .filter(Number.isInteger)
      .filter((pid) => {
        if (pid === process.pid || system.processes.startTime(pid) === undefined) return false;
        const supervises = proc(pid, 'cmdline').split('\0');
        return (
          proc(pid, 'environ').includes(`OPTA_PROJECT=${mark}`) ||
          (supervises.includes('--supervise') && supervises.includes(folder))
        );
      });
  const opta = (args: readonly string[], options: BinOptions = {}) => startBin(args, { cwd: folder, ...options }).ended;
  const ports = ['--https-port', String(httpsPort), '--http-port', String(httpPort)];
  const up: BinProject['up'] = async (more = [], options = {}) => {
    const ended = await opta(['dev', 'up', '--on', 'process', '--detach', '--json', ...ports, ...more], options);
    return { ...ended, events: eventsOf(ended.stdout) };
  };
  return {
    folder,
    httpsPort,
    httpPort,
    authority: join(home, 'data', 'ca', 'ca.pem'),
    state: (...names) => join(path, ...names),
    write,
    start: (args, options = {}) => startBin(args, { cwd: folder, ...options }),
    opta,
    up,
    async isUp() {
      const { code, stderr, events } = await up();
      if (code !== 0)
        throw new Error(`dev up ended ${code}: ${JSON.stringify(failuresOf(events), null, 2)}\n${stderr}`);
    },
    down: () => opta(['dev', 'down', '--plain']),
    get: (at = '/', host = 'bad.localhost') => get(httpsPort, host, at),
    pids,
    commandLines: () => pids().map((pid) => proc(pid, 'cmdline')),
    async leftovers() {
      const files = [join(path, 'run.json'), join(path, 'run.lock'), control].filter((file) => existsSync(file));
      const running = pids().map((pid) => `${pid} ${proc(pid, 'cmdline').replaceAll('\0', ' ')}`);
      const kept = join(path, 'ports.json');
      const known = existsSync(kept)
        ? Object.values(JSON.parse(readFileSync(kept, 'utf8')) as Record<string, number>)
        : [];
      const open = await Promise.all(
        [...known, httpsPort, httpPort].map(async (port) =>
          (await system.network.accepts(port)) ? [`port ${port}`] : [],
        ),
      );
      return [...files, ...running, ...new Set(open.flat())];
    },
    async remove() {
      if (pids().length > 0) await opta(['dev', 'down', '--plain']);
      for (const pid of pids()) system.processes.signal(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

function get(port: number, host: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, servername: host, headers: { host }, rejectUnauthorized: false, agent: false },
      async (response) => {
        let body = '';
        for await (const chunk of response.setEncoding('utf8')) body += chunk;
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${response.statusCode} ${body}`));
      },
    );
    asked.once('error', reject);
    asked.end();
  });
}

/** Failures of steps, by code. */
export function failuresOf(events: readonly Event[]) {
  return events.flatMap((event) => (event.type === 'step' && event.failure ? [event.failure] : []));
}
