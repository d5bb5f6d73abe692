/** Settings of the user: flags, then `OPTA_*`, then `config.yaml` in the configuration folder of the system. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { configFolder } from './folders.ts';
import type { System } from './system.ts';

export interface Settings {
  /** Folder, or address of one, that every artefact is taken from and nowhere else. */
  readonly mirror: string | undefined;
  /** Downloads nothing: what is not in the cache or the mirror is an error. */
  readonly offline: boolean;
  /** Command to open a file with. */
  readonly editor: string | undefined;
}

const names = ['mirror', 'offline', 'editor'] as const;
type Name = (typeof names)[number];

interface Given {
  readonly value: unknown;
  /** Such as `--mirror` or `OPTA_MIRROR`. */
  readonly from: string;
  /** Relative paths are meant from here. */
  readonly folder: string;
}

async function readFileSettings(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return {};
    throw error;
  }
  const { parse } = await import('yaml');
  let read: unknown;
  try {
    read = parse(text) ?? {};
  } catch (error) {
    throw invalid(file, `is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw invalid(file, 'must hold keys and values');
  const unknown = Object.keys(read).find((key) => !names.includes(key as Name));
  if (unknown !== undefined) throw invalid(file, `has no setting "${unknown}"`);
  return read as Record<string, unknown>;
}

function invalid(where: string, problem: string): UserError {
  return new UserError('settings-invalid', `${where} ${problem}`, { hints: [`The settings are ${names.join(', ')}.`] });
}

function textOf(given: Given | undefined): string | undefined {
  if (given === undefined || given.value === '' || given.value === null) return undefined;
  if (typeof given.value !== 'string') throw invalid(given.from, 'must be a text');
  return given.value;
}

function flagOf(given: Given | undefined): boolean {
  const value = given?.value;
  if (given === undefined || value === '' || value === null || value === false || value === 'false' || value === '0')
    return false;
  if (value === true || value === 'true' || value === '1') return true;
  throw invalid(given.from, 'must be true or false');
}

/** Folders from the place where they were written; addresses as they are. */
function mirrorOf(given: Given | undefined, home: string): string | undefined {
  const text = textOf(given);
  if (given === undefined || text === undefined || /^\w+:\/\//.test(text)) return text?.replace(/\/+$/, '');
  return text.startsWith('~/') ? join(home, text.slice(2)) : resolve(given.folder, text);
}

/** Reads all settings. `flags` are those of the command, by name. Throws UserError `settings-invalid`. */
export async function readSettings(system: System, flags: Readonly<Record<string, unknown>> = {}): Promise<Settings> {
  const file = join(configFolder(system), 'config.yaml');
  const written = await readFileSettings(file);
  const given = (name: Name): Given | undefined => {
    const variable = `OPTA_${name.toUpperCase()}`;
    if (flags[name] !== undefined) return { value: flags[name], from: `--${name}`, folder: system.cwd };
    if (system.env[variable] !== undefined) return { value: system.env[variable], from: variable, folder: system.cwd };
    if (name in written) return { value: written[name], from: `${file}: ${name}`, folder: dirname(file) };
    return undefined;
  };
  return {
    mirror: mirrorOf(given('mirror'), system.home),
    offline: flagOf(given('offline')),
    editor: textOf(given('editor')),
  };
}
