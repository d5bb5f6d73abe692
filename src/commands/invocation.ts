/** Flags and arguments as the commands read them. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { TargetName } from '../app/app.ts';
import { UserError } from '../errors.ts';
import type { System } from '../system/system.ts';

/** What a command gets. `flags` by camel-case name; `args` as written after the command's name. */
export interface Invocation {
  readonly system: System;
  readonly signal: AbortSignal;
  /** Aborted by the second Ctrl-C: end at once. */
  readonly force: AbortSignal;
  /** Aborted by the third, where the second one asked. */
  readonly leave?: AbortSignal;
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** Folder of the installed package: recipes/ and kind/ are below it. */
  readonly packageRoot: string;
}

/** 10 to 14 are of promotions: changes planned, approval needed, refused, errored and resumable, locked. */
export type ExitCode = 0 | 1 | 2 | 10 | 11 | 12 | 13 | 14 | 70 | 130;

export function text({ flags }: Invocation, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function texts({ flags }: Invocation, name: string): readonly string[] {
  const value = flags[name];
  if (Array.isArray(value)) return value as readonly string[];
  return typeof value === 'string' ? [value] : [];
}

export const given = ({ flags }: Invocation, name: string): boolean => flags[name] === true;

/** `command` by its words, where they are known. */
export function wrongValue(flag: string, value: string, wanted: string, command: readonly string[] = []): UserError {
  const help =
    command.length === 0
      ? '`opta help <command>` describes the flags of a command.'
      : `\`opta help ${command.join(' ')}\` shows what it takes.`;
  return new UserError('bad-value', `--${flag} takes ${wanted}, not "${value}"`, {
    hints: [help],
    exitCode: 2,
  });
}

export function portFlag(invocation: Invocation, flag: string, name: string): number | undefined {
  const value = text(invocation, name);
  if (value === undefined) return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw wrongValue(flag, value, 'a port from 1 to 65535');
  return port;
}

export function secondsFlag(invocation: Invocation, flag: string, name: string): number | undefined {
  const value = text(invocation, name);
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (!(seconds > 0) || !Number.isFinite(seconds)) throw wrongValue(flag, value, 'a number of seconds above 0');
  return seconds;
}

/** `--var name=value`, repeatable. */
function variables(invocation: Invocation): Record<string, string> {
  const pairs = texts(invocation, 'var').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    if (at < 1) throw wrongValue('var', pair, 'name=value');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/** What `readApp` takes, from the flags that every command with a definition has. */
export function definitionOptions(invocation: Invocation, target: TargetName) {
  const env = text(invocation, 'env');
  return {
    system: invocation.system,
    directory: invocation.system.cwd,
    files: texts(invocation, 'config'),
    vars: variables(invocation),
    target,
    ...(env === undefined ? {} : { env }),
  };
}

/** Any of them means that something ran here. */
const stateFiles = ['run.json', 'ports.json', join('kind', 'cluster.json')];

/**
 * The folder whose `.opta` keeps the state: that of the first `-c` file, else this one. Commands about what runs also
 * look above, so that they work from inside a service's folder.
 */
export function projectFolder(invocation: Invocation, look: 'here' | 'above' = 'here'): string {
  const { cwd } = invocation.system;
  const [file] = texts(invocation, 'config');
  if (file !== undefined) return dirname(resolve(cwd, file));
  if (look === 'here') return cwd;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (stateFiles.some((file) => existsSync(join(folder, '.opta', file)))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}
