/** What a row of the command table is, and the flags that several commands share. */
import type { ExitCode, Invocation } from './commands/invocation.ts';

export interface Flag {
  /** As commander reads it, such as `-c, --config <file...>`. */
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  /** May be given several times; each time takes one value. */
  readonly repeat?: true;
}

export interface Command {
  readonly path: readonly string[];
  readonly summary: string;
  readonly group: 'start' | 'develop' | 'promote' | 'check';
  /** `<x>` is needed, `[x]` may be left out, `...` takes many. */
  readonly args?: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly Flag[];
  /** Flags after the first argument belong to what that names, as in `dev exec api node --version`. */
  readonly passThrough?: true;
  readonly load: () => Promise<(invocation: Invocation) => Promise<ExitCode>>;
}

export const config: Flag = {
  flags: '-c, --config <file>',
  summary: 'definition file; repeat for several layers',
  repeat: true,
};
const environment: Flag = { flags: '--env <name>', summary: 'environment to resolve for' };
export const variable: Flag = {
  flags: '--var <name=value>',
  summary: 'value of an input variable; repeat for several',
  repeat: true,
};
export const json: Flag = { flags: '--json', summary: 'machine-readable output on standard output' };
export const plain: Flag = { flags: '--plain', summary: 'lines instead of a screen' };
export const on: Flag = { flags: '--on <target>', summary: 'where to run', choices: ['process', 'kind'] };
export const offline: Flag = { flags: '--offline', summary: 'download nothing' };
export const mirror: Flag = {
  flags: '--mirror <place>',
  summary: 'folder or address to take every artefact from, and nowhere else',
};
export const definition = [config, environment, variable];
