/** Asks a program once whether it is ready; every answer is told in words, for the moment it never is. */
import { request } from 'node:http';
import { connect } from 'node:net';
import type { System } from '../../../system/system.ts';
import type { Readiness } from '../spec.ts';
import { askPostgres } from './probe-postgres.ts';

export interface Answer {
  readonly ready: boolean;
  /** What came back, such as `503` or `connection refused`. */
  readonly what: string;
}

export interface Probed {
  readonly port: number | undefined;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Milliseconds that one answer may take. */
const httpTimeout = 2000;
const commandTimeout = 10_000;
/** Milliseconds more: what came while this process itself was held up is read before it counts as no answer. */
const turn = 100;

/** What is asked, in words. */
export function question(readiness: Readiness, port: number | undefined): string {
  switch (readiness.kind) {
    case 'http':
      return `GET http://127.0.0.1:${port}${readiness.path}`;
    case 'tcp':
      return `a connection to 127.0.0.1:${port}`;
    case 'command':
      return `the command ${readiness.argv.join(' ')}`;
    case 'postgres':
      return `PostgreSQL on 127.0.0.1:${port}`;
    case 'alive':
      return 'whether it runs';
  }
}

/** Never rejects. */
export async function ask(system: System, readiness: Readiness, probed: Probed): Promise<Answer> {
  const { port } = probed;
  if (readiness.kind === 'alive') return { ready: true, what: 'it runs' };
  if (readiness.kind === 'command') return askCommand(system, readiness.argv, probed);
  if (port === undefined) return { ready: true, what: 'it has no port to ask' };
  if (readiness.kind === 'http') return askHttp(port, readiness.path);
  if (readiness.kind === 'postgres') return askPostgres(port);
  return askTcp(port);
}

function inWords(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET') return 'connection closed without an answer';
  return error.message;
}

function askHttp(port: number, path: string): Promise<Answer> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false, headers: { 'user-agent': 'opta-probe' } });
    const late = () => asked.destroy(new Error(`no answer within ${httpTimeout / 1000} s`));
    asked.setTimeout(httpTimeout, () => asked.setTimeout(turn, late));
    asked.once('response', (response) => {
      response.resume();
      // An app that streams without end has answered all the same.
      response.once('error', () => {});
      const status = response.statusCode ?? 0;
      resolve({ ready: status >= 200 && status < 400, what: `status ${status}` });
      asked.setTimeout(httpTimeout, () => asked.destroy());
    });
    asked.on('error', (error) => resolve({ ready: false, what: inWords(error) }));
    asked.end();
  });
}

function askTcp(port: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (ready: boolean, what: string) => {
      socket.destroy();
      resolve({ ready, what });
    };
    socket.setTimeout(httpTimeout, () => socket.setTimeout(turn, () => answer(false, 'no answer')));
    socket.once('connect', () => answer(true, 'accepted'));
    socket.once('error', (error) => answer(false, inWords(error)));
  });
}

async function askCommand(system: System, argv: readonly string[], { directory, env }: Probed): Promise<Answer> {
  try {
    const { code, signal } = await system.processes.run(argv, { cwd: directory, env, timeoutMs: commandTimeout });
    return { ready: code === 0, what: code === undefined ? `ended by ${signal}` : `exit code ${code}` };
  } catch (error) {
    return { ready: false, what: error instanceof Error ? error.message : String(error) };
  }
}
