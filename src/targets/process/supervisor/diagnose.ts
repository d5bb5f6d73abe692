/** Why a program does not run, as a failure that says what to do. */
import { asLine } from '../../../app/shell-words.ts';
import type { Failure } from '../../../engine/event.ts';
import { type ErrorCode, UserError } from '../../../errors.ts';
import type { System } from '../../../system/system.ts';
import type { ProgramSpec } from '../spec.ts';
import { type Listener, listenersOf } from './listeners.ts';
import { question } from './probe.ts';

export interface Ended {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** It could not be started at all. */
  readonly error?: Error;
}

/** Exit codes of the shell for a program that is not there, or may not be run. */
const notFound = 127;
const notExecutable = 126;

function failure(
  spec: ProgramSpec,
  code: ErrorCode,
  message: string,
  hints: readonly string[],
  detail: readonly string[],
): Failure {
  return { code, message, hints, detail, ...(spec.place ? { place: spec.place } : {}) };
}

export function endInWords(ended: Ended): string {
  if (ended.error) return ended.error.message;
  return ended.code === undefined ? `ended by ${ended.signal ?? 'a signal'}` : `exit code ${ended.code}`;
}

function isHopeless(ended: Ended): boolean {
  return ended.error !== undefined || ended.code === notFound || ended.code === notExecutable;
}

/** The port that a log line says is taken; 0 when it does not say which. */
export function takenPort(lines: readonly string[]): number | undefined {
  for (const line of lines) {
    if (!/EADDRINUSE|address already in use/i.test(line)) continue;
    const [, port] = /:(\d{2,5})\b(?!.*:\d{2,5}\b)/.exec(line) ?? /port:? (\d{2,5})/i.exec(line) ?? [];
    return Number(port ?? 0);
  }
  return undefined;
}

export interface Exited {
  readonly failure: Failure;
  /** Trying again cannot help. */
  readonly hopeless: boolean;
}

/** A replica that ended by itself. */
export function exitedFailure(
  spec: ProgramSpec,
  ended: Ended,
  port: number | undefined,
  lines: readonly string[],
): Exited {
  const command = asLine(spec.argv);
  const taken = takenPort(lines);
  if (taken !== undefined) {
    const which = taken > 0 ? `port ${taken}` : 'its port';
    const ignores = port !== undefined && taken > 0 && taken !== port;
    const hint = ignores
      ? `Make it listen on the port in the variable PORT (${port} here), not on ${taken}: replicas share this machine.`
      : `End what listens on ${which}, then try again.`;
    const message = `${spec.id} ended (${endInWords(ended)}): ${which} is taken`;
    // A free port may have been taken by another process in between: the next try gets another one.
    return { failure: failure(spec, 'port-taken', message, [hint], lines), hopeless: ignores || spec.port !== 'free' };
  }
  if (isHopeless(ended)) {
    const hints = [
      `Check the command and its folder ${spec.directory}; a program must be on PATH or named by its path.`,
    ];
    const message = `${spec.id} cannot be started with \`${command}\`: ${endInWords(ended)}`;
    return { failure: failure(spec, 'service-exited', message, hints, lines), hopeless: true };
  }
  const hints = [
    `Try it by hand in ${spec.directory}: ${command}`,
    `Read its log: opta dev logs ${spec.id.split('/').at(-1)}`,
  ];
  const message = `${spec.id} ended before it was ready: ${endInWords(ended)}`;
  return { failure: failure(spec, 'service-exited', message, hints, lines), hopeless: false };
}

async function elsewhere(system: System, spec: ProgramSpec, group: number, port: number): Promise<Listener[]> {
  const known = listenersOf(system, group);
  if (known) return known.filter((listener) => listener.port !== port || !listener.reachable);
  const { writtenPort } = spec;
  if (writtenPort === undefined || writtenPort === port) return [];
  return (await system.network.accepts(writtenPort)) ? [{ port: writtenPort, reachable: true }] : [];
}

/** The variable that tells a service one of its ports beside the first. */
export const portVariable = (name: string): string => `PORT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;

export interface NeverReady {
  readonly group: number;
  readonly port: number | undefined;
  readonly lastAnswer: string;
  readonly waitedMs: number;
  readonly lines: readonly string[];
}

/** A replica that runs, but does not answer as it should. */
export async function neverReadyFailure(system: System, spec: ProgramSpec, found: NeverReady): Promise<Failure> {
  const { port, lastAnswer, lines } = found;
  const seconds = Math.round(found.waitedMs / 100) / 10;
  let message = `${spec.id} was not ready within ${seconds} s: ${question(spec.readiness, port)} gave ${lastAnswer}`;
  const hints: string[] = [];
  const variable = spec.probedPort === undefined ? 'PORT' : portVariable(spec.probedPort);
  if (port !== undefined && spec.readiness.kind !== 'command' && /refused|reset|closed/.test(lastAnswer)) {
    const [other] = await elsewhere(system, spec, found.group, port);
    if (other?.port === port) {
      message += `; it listens on port ${port}, but not on 127.0.0.1`;
      hints.push('Make it listen on 127.0.0.1 or 0.0.0.0.');
    } else if (other) {
      message += `; it listens on port ${other.port} instead`;
      hints.push(`Make it listen on the port in the variable ${variable} (${port} here) rather than on ${other.port}.`);
    } else {
      hints.push(`Make it listen on the port in the variable ${variable} (${port} here), on 127.0.0.1.`);
    }
  } else if (spec.readiness.kind === 'http') {
    hints.push(`Make ${spec.readiness.path} answer 2xx or 3xx once it can serve, or set another readiness path.`);
  }
  hints.push(`Read its log: opta dev logs ${spec.id.split('/').at(-1)}`);
  return failure(spec, 'service-never-ready', message, hints, lines);
}

/** Nothing of it runs at the deadline, for instance between two restarts. */
export function notReadyFailure(spec: ProgramSpec, why: string | undefined, waitedMs: number): Failure {
  const message = `${spec.id} was not ready within ${Math.round(waitedMs / 100) / 10} s${why === undefined ? '' : `: ${why}`}`;
  return failure(
    spec,
    'service-never-ready',
    message,
    [`Read its log: opta dev logs ${spec.id.split('/').at(-1)}`],
    [],
  );
}

/** Somebody waited for a program that is being stopped. */
export function stoppedFailure(spec: ProgramSpec): Failure {
  return failure(
    spec,
    'service-stopped',
    `${spec.id} was stopped before it was ready`,
    ['Run `opta dev up` again.'],
    [],
  );
}

/** A fixed port that something else has. */
export function takenFailure({ id, place }: ProgramSpec, port: number): UserError {
  const hints = [`End what listens on port ${port}, then run \`opta dev up\` again.`];
  return new UserError('port-taken', `port ${port}, which ${id} needs, is taken by another program`, { hints, place });
}
