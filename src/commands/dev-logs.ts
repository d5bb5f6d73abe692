/** `opta dev logs [-f] [--since] [service...]`: what services print, also of a run that is over. */
import { existsSync } from 'node:fs';
import { cleanColoured } from '../engine/clean.ts';
import { UserError } from '../errors.ts';
import { connected, findProgram } from '../targets/process/status.ts';
import { connect, hasLog, loggedServices, readLogs, stateFolder } from '../targets/process/supervisor/index.ts';
import { type ExitCode, given, type Invocation, projectFolder, text, wrongValue } from './invocation.ts';
import { runningTarget } from './target.ts';

export async function devLogs(invocation: Invocation): Promise<ExitCode> {
  const { system, signal, args } = invocation;
  const since = sinceOf(text(invocation, 'since'), system.clock.now());
  if (runningTarget(invocation) === 'kind') return (await import('./on-kind/logs.ts')).logsOnKind(invocation, since);
  const folder = projectFolder(invocation, 'above');
  await checkNames(invocation, folder);
  const follow = given(invocation, 'follow');
  const json = given(invocation, 'json');
  const lines = readLogs(system, folder, { services: args, follow, signal, ...(since === undefined ? {} : { since }) });
  // A pipe gets what was printed, but for NUL, which makes `grep` call it binary; a terminal must not obey it.
  const shown = system.stdout.isTTY ? cleanColoured : (line: string) => line.replaceAll('\0', '');
  for await (const { at, service, replica, stream, line } of lines) {
    const time = new Date(at).toISOString();
    system.stdout.write(
      json
        ? `${JSON.stringify({ at, service, replica, stream, line })}\n`
        : `${time.slice(11, 23)} ${service}/${replica} ${shown(line)}\n`,
    );
  }
  return 0;
}

/** A misspelt name, or a folder where nothing ever ran, should not look like a silent service. */
async function checkNames({ system, args }: Invocation, folder: string): Promise<void> {
  const ranBefore = existsSync(stateFolder(system, folder).logs);
  const client = ranBefore ? await connect(system, folder) : await connected(system, folder);
  const programs = await client?.list();
  client?.close();
  for (const name of args) {
    if (hasLog(system, folder, name)) continue;
    if (programs === undefined) throw neverPrinted(name, loggedServices(system, folder));
    findProgram(programs, name);
  }
}

function neverPrinted(name: string, known: readonly string[]): UserError {
  const there = known.length === 0 ? [] : [`There is: ${known.join(', ')}.`];
  return new UserError('unknown-service', `nothing runs here, and nothing called "${name}" has printed before`, {
    hints: [...there, 'Start it: `opta dev up`.'],
    exitCode: 2,
  });
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds since 1970 for `90s`, `10m`, `2h`, `1d` or an ISO time. */
export function sinceOf(written: string | undefined, now: number): number | undefined {
  if (written === undefined) return undefined;
  const age = /^(\d+(?:\.\d+)?)([smhd])$/.exec(written);
  if (age) return now - Number(age[1]) * (units[age[2] ?? ''] ?? 0);
  const time = Date.parse(written);
  if (Number.isNaN(time)) throw wrongValue('since', written, 'an age such as 30s, 10m, 2h, 1d or an ISO time');
  return time;
}
