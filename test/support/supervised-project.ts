/** A temporary project with a real supervisor, and programs for it. */
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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSystem } from '../../src/system/node.ts';
import type { System } from '../../src/system/system.ts';
import type { ProgramSpec } from '../../src/targets/process/spec.ts';
import { type SupervisorClient, startSupervisor, stateFolder } from '../../src/targets/process/supervisor/index.ts';

/** Milliseconds: as long as the slowest machine may need to start something. */
export const patience = 60_000;

/** Answers its pid and the content of `answer.txt` beside it. */
const serverSource = `
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const answer = readFileSync(new URL('answer.txt', import.meta.url), 'utf8');
const server = createServer((request, response) => response.end(answer + ' ' + process.pid));
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

export interface Project {
  readonly system: System;
  readonly folder: string;
  /** argv that starts a supervisor of this project. */
  readonly command: readonly string[];
  start(): Promise<SupervisorClient>;
  file(name: string, text: string): string;
  /** A program that runs a script's text in the project. */
  script(id: string, text: string, more?: Partial<ProgramSpec>): ProgramSpec;
  /** An HTTP server whose code is in `src/`, watched. */
  server(id: string, more?: Partial<ProgramSpec>): ProgramSpec;
  /** Waits until a program has printed the text: that it runs does not say how far it has come. */
  says(id: string, text: string): Promise<void>;
  /** Pids of living processes started for this project (Linux). */
  processes(): readonly number[];
  /** Ends what a test left, and removes the folder. */
  remove(): Promise<void>;
}

function environ(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

function processesOf(system: System, mark: string): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => environ(pid).includes(`OPTA_PROJECT=${mark}`) && system.processes.startTime(pid));
}

export function makeProject(): Project {
  const system = nodeSystem();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'opta-supervisor-')));
  const command = [system.node, join(import.meta.dirname, 'supervise.ts'), folder];
  const { mark } = stateFolder(system, folder);
  const clients: SupervisorClient[] = [];
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const base = (id: string, more: Partial<ProgramSpec>): ProgramSpec => ({
    id,
    kind: 'service',
    argv: [],
    directory: folder,
    env: { PATH: system.env['PATH'] ?? '' },
    secretNames: [],
    replicas: 1,
    readiness: { kind: 'alive' },
    startMs: patience,
    stop: { signal: 'SIGTERM', graceMs: 3000 },
    watch: [],
    rank: 2,
    ...more,
  });
  return {
    system,
    folder,
    command,
    file,
    async start() {
      const client = await startSupervisor(system, folder, { command });
      clients.push(client);
      return client;
    },
    script(id, text, more = {}) {
      const path = file(`${id.replaceAll('/', '-')}.mjs`, text);
      return base(id, { argv: [system.node, path], ...more });
    },
    server(id, more = {}) {
      const path = file('src/server.mjs', serverSource);
      file('src/answer.txt', 'first');
      const readiness = { kind: 'http', path: '/' } as const;
      return base(id, { argv: [system.node, path], port: 'free', readiness, watch: ['src/**'], ...more });
    },
    async says(id, text) {
      const log = join(folder, '.opta', 'logs', `${id.replaceAll('/', '.')}.log`);
      const end = system.clock.monotonic() + patience;
      while (!(existsSync(log) && readFileSync(log, 'utf8').includes(text))) {
        if (system.clock.monotonic() > end) throw new Error(`${id} did not say ${text}`);
        await system.clock.sleep(10);
      }
    },
    processes: () => processesOf(system, mark),
    async remove() {
      for (const client of clients) await client.stop({ force: true }).catch(() => client.close());
      for (const pid of processesOf(system, mark)) system.processes.signal(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
