/** Reads definition files, each once a run, and finds them when none is named. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { ErrorCode, Place } from '../../errors.ts';
import { type Findings, newFindings } from '../text/findings.ts';
import type { Definition } from './definition.ts';
import { parseDefinition } from './parse.ts';

export interface ReadFile {
  readonly definition: Definition | undefined;
  readonly findings: Findings;
}

export interface Files {
  /** The definition of an existing file; undefined when there is none. `why` tells other failures. */
  read(file: string): Promise<ReadFile | undefined>;
}

/** A reader that parses each file once. */
export function newFiles(): Files {
  const known = new Map<string, Promise<ReadFile | undefined>>();
  return {
    read(file) {
      let reading = known.get(file);
      if (reading === undefined) {
        reading = readOnce(file);
        known.set(file, reading);
      }
      return reading;
    },
  };
}

async function readOnce(file: string): Promise<ReadFile | undefined> {
  const findings = newFindings();
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    findings.add(
      'error',
      'file-unreadable',
      `${file} cannot be read: ${(error as Error).message}.`,
      { file, line: 1, column: 1 },
      ['check what it is and its permissions'],
    );
    return { definition: undefined, findings };
  }
  return { definition: parseDefinition(file, bytes, findings), findings };
}

/** The file, or its twin with the other of the two endings; undefined when neither is there. */
export async function existing(file: string): Promise<string | undefined> {
  const twin = file.endsWith('.yaml')
    ? file.replace(/\.yaml$/, '.yml')
    : file.endsWith('.yml')
      ? file.replace(/\.yml$/, '.yaml')
      : undefined;
  for (const candidate of [file, twin]) {
    if (candidate !== undefined && (await isFile(candidate))) return candidate;
  }
  return undefined;
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}

export interface Missing {
  readonly code: ErrorCode;
  readonly message: string;
  readonly place?: Place;
  readonly hints: readonly string[];
}

/** The files of a run: those named, else opta.yaml here, else every service layer below. */
export async function discover(
  directory: string,
  named: readonly string[],
): Promise<{ files: readonly string[]; missing: readonly Missing[] }> {
  if (named.length > 0) {
    const found = await Promise.all(
      named.map(async (name) => ({ name, file: await namedFile(resolve(directory, name)) })),
    );
    const missing = await Promise.all(
      found.filter(({ file }) => file === undefined).map(({ name }) => notFound(name, resolve(directory, name))),
    );
    return { files: [...new Set(found.flatMap(({ file }) => (file === undefined ? [] : [file])))], missing };
  }
  const here = await existing(join(directory, 'opta.yaml'));
  if (here !== undefined) return { files: [here], missing: [] };
  const below = await serviceLayersBelow(directory);
  if (below.length > 0) return { files: below, missing: [] };
  const above = await definitionAbove(directory);
  const hints = [
    ...(above === undefined ? [] : [`one is above, ${above}: go there, or add \`-c ${relative(directory, above)}\``]),
    'name the file with -c FILE',
    'or write one with `opta init`',
  ];
  return {
    files: [],
    missing: [
      {
        code: 'no-definition',
        message: `There is no opta.yaml in ${directory}, and no service layer below it.`,
        hints,
      },
    ],
  };
}

async function definitionAbove(directory: string): Promise<string | undefined> {
  for (let folder = directory; dirname(folder) !== folder; ) {
    folder = dirname(folder);
    const found = await existing(join(folder, 'opta.yaml'));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A folder stands for the opta.yaml in it. */
async function namedFile(file: string): Promise<string | undefined> {
  return (await existing(file)) ?? existing(join(file, 'opta.yaml'));
}

async function notFound(name: string, path: string): Promise<Missing> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const message = isFolder ? `There is no opta.yaml in the folder ${name}.` : `The file ${name} is not there.`;
  return { code: 'file-not-found', message, hints: ['check the path after -c'] };
}

const skipped = new Set(['node_modules', '.git', '.opta']);

/** Files larger than this are no definitions, bytes. */
const mostBytes = 1024 * 1024;

async function serviceLayersBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) found.push(...(await serviceLayersBelow(path)));
    else if (entry.isFile() && /\.ya?ml$/.test(entry.name) && (await isServiceLayer(path))) found.push(path);
  }
  return found;
}

async function isServiceLayer(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.size > mostBytes) return false;
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^environments[ \t]*:/m.test(text) && /^(modules|name)[ \t]*:/m.test(text);
}
