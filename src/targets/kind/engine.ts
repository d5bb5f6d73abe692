/** The container engine at hand: Docker or Podman, found on PATH and asked whether it answers. */
import { UserError } from '../../errors.ts';
import type { Finished, RunOptions, System } from '../../system/system.ts';

/** Not nerdctl: kind puts its nodes into one network for all clusters, and what we delete must be ours for certain. */
export const engineNames = ['docker', 'podman'] as const;
export type EngineName = (typeof engineNames)[number];

export interface Engine {
  readonly name: EngineName;
  /** Full path of its program. */
  readonly program: string;
  /** Of the server where there is one. */
  readonly version: string;
}

/** Milliseconds that an engine gets to say its version; one that is starting up may hang. */
const patience = 10_000;

const versionFormats: Readonly<Record<EngineName, string>> = {
  docker: '{{.Server.Version}}',
  podman: '{{.Client.Version}}',
};

export interface Detected {
  readonly engine: Engine | undefined;
  /** One line: which engine answers, or why none does. */
  readonly why: string;
}

/** The engine that answers, in the order Docker, Podman. Without any on PATH this starts no process. */
export async function detectEngine(system: System): Promise<Detected> {
  const found = engineNames.flatMap((name) => {
    const program = system.processes.which(name);
    return program === undefined ? [] : [{ name, program }];
  });
  const silent: string[] = [];
  for (const { name, program } of found) {
    const answer = await ask(system, name, program);
    if (answer.version !== undefined) {
      return { engine: { name, program, version: answer.version }, why: `${name} ${answer.version} answers` };
    }
    silent.push(`${name} does not answer${answer.why === '' ? '' : ` (${answer.why})`}`);
  }
  return { engine: undefined, why: silent.length > 0 ? silent.join('; ') : 'no container engine is installed' };
}

/** Throws UserError `no-engine`, or `engine-silent` when one is installed. */
export async function theEngine(system: System): Promise<Engine> {
  const { engine, why } = await detectEngine(system);
  if (engine) return engine;
  const process = '`opta dev up --on process` runs the same definition without containers.';
  if (engineNames.some((name) => system.processes.which(name) !== undefined)) {
    throw new UserError('engine-silent', `no container engine answers: ${why}`, {
      hints: [
        /permission denied/i.test(why)
          ? 'Your user may not talk to it: join its group (`sudo usermod --append --groups docker $USER`, then log in again).'
          : startHint(system.platform),
        process,
      ],
    });
  }
  throw new UserError('no-engine', `no container engine answers: ${why}`, {
    hints: ['Install Docker or Podman: https://docs.docker.com/engine/install/.', process],
  });
}

const startHint = (platform: NodeJS.Platform): string =>
  platform === 'linux'
    ? 'Start it: `sudo systemctl start docker`, or Docker Desktop.'
    : 'Start Docker Desktop, or `podman machine start`.';

async function ask(
  { processes }: System,
  name: EngineName,
  program: string,
): Promise<{ readonly version?: string; readonly why: string }> {
  try {
    const asked = await processes.run([program, 'version', '--format', versionFormats[name]], { timeoutMs: patience });
    const version = asked.stdout.trim();
    if (asked.code === 0 && /^\d/.test(version)) return { version, why: '' };
    return { why: lastLine(asked.stderr) };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

export const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

/** One call of the engine, to its end. */
export function callEngine(
  system: System,
  { program }: Engine,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return system.processes.run([program, ...args], options);
}

/** A call that must succeed; its output. Throws UserError `engine-failed` with the last lines. */
export async function engineSays(
  system: System,
  engine: Engine,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const ended = await callEngine(system, engine, args, options);
  if (ended.code !== 0) throw engineFailed(engine, args, ended);
  return ended.stdout;
}

/** What the engine's words mean whatever it was asked to do; undefined when they say nothing general. */
export function engineTrouble({ name }: Engine, said: string): UserError | undefined {
  const detail = said.trim().split('\n').slice(-6);
  if (/no space left on device/i.test(said)) {
    return new UserError('disk-full', `the disk of ${name} is full`, {
      detail,
      hints: [`Free space, such as with \`${name} system prune\`, then run it again: what is done stays done.`],
    });
  }
  if (/cannot connect to|is the docker daemon running|podman\.sock/i.test(said)) {
    return new UserError('engine-silent', `${name} does not answer any more`, {
      detail,
      hints: ['Start it and run this again: what is done stays done.'],
    });
  }
  const port = /(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)\D.*(?:already allocated|already in use)/s.exec(said)?.[1];
  if (port !== undefined || /port is already allocated|address already in use/i.test(said)) {
    return new UserError('port-taken', `port ${port ?? 'of the cluster'} is taken by another program or cluster`, {
      detail,
      hints: [
        `Find it: \`${name} ps\` shows containers with their ports.`,
        'Stop it; or `opta dev down`, and choose others: `opta dev up --https-port 8443 --http-port 8080`.',
      ],
    });
  }
  return undefined;
}

export function engineFailed(engine: Engine, args: readonly string[], ended: Finished): UserError {
  const said = ended.stderr.trim() || ended.stdout.trim();
  const known = engineTrouble(engine, said);
  if (known !== undefined) return known;
  return new UserError('engine-failed', `\`${engine.name} ${args.slice(0, 3).join(' ')}\` failed`, {
    detail: said.split('\n').slice(-12),
    hints: ['The lines below are what it said; mend that and run this again: what is done stays done.'],
  });
}
