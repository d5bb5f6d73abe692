/** The programs of stacks as plain JavaScript: each file that one of them loads, and the packages that they need. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Cloud, StackName } from '../../../app/stacks.ts';
import type { System } from '../../../system/system.ts';

interface ProgramFile {
  /** Below the folder of programs, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Programs {
  readonly files: readonly ProgramFile[];
  /** Names of packages that they import. */
  readonly packages: readonly string[];
}

const imported = /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g;

/** Our own sources where they are; else what was built of them. */
function rootOf(packageRoot: string): { readonly folder: string; readonly ending: '.ts' | '.js' } {
  const fromSources = existsSync(join(packageRoot, 'stacks', 'program.ts'));
  return fromSources ? { folder: packageRoot, ending: '.ts' } : { folder: join(packageRoot, 'dist'), ending: '.js' };
}

/** Node's own eraser of types, in a process that keeps to itself that Node still calls it an experiment. */
const eraser = `
const texts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(texts.map((text) => require('node:module').stripTypeScriptTypes(text))));
`;

async function withoutTypes({ processes, node }: System, texts: readonly string[]): Promise<readonly string[]> {
  const argv = [node, '--disable-warning=ExperimentalWarning', '--eval', eraser];
  const { code, stdout, stderr } = await processes.run(argv, { input: JSON.stringify(texts) });
  if (code !== 0) throw new Error(`types of the programs could not be erased: ${stderr}`);
  const erased = JSON.parse(stdout) as readonly string[];
  return erased.map((text, at) => tidied(texts[at] ?? '', text));
}

/** A type leaves blanks of its own length behind: those go, and lines that were nothing else. Comments stay. */
function tidied(before: string, erased: string): string {
  const written = before.split('\n');
  const lines = erased.split('\n').flatMap((line, at) => {
    if (line === written[at]) return [line];
    const [, indent = '', rest = ''] = /^(\s*)(.*?)\s*$/.exec(line) ?? [];
    const plain = rest.replace(/ {2,}(?=[(),;])/g, '').replace(/ {2,}/g, ' ');
    return plain === '' ? [] : [`${indent}${plain}`];
  });
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(imported, (found, quote: string, name: string) =>
      name.startsWith('.') ? found.replace(`${quote}${name}${quote}`, `${quote}${asScript(name)}${quote}`) : found,
    );
}

const asScript = (path: string): string => path.replace(/\.ts$/, '.js');

/** `@scope/name/deep.js` is of the package `@scope/name`. */
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

export async function programsOf(
  system: System,
  packageRoot: string,
  cloud: Cloud,
  stacks: readonly StackName[],
): Promise<Programs> {
  const { folder, ending } = rootOf(packageRoot);
  const files = new Map<string, ProgramFile>();
  const packages = new Set<string>();
  let waiting = stacks.map((stack) => join(folder, 'stacks', cloud, `${stack}${ending}`));
  while (waiting.length > 0) {
    const written = await Promise.all(waiting.map((file) => readFile(file, 'utf8')));
    const texts = ending === '.ts' ? await withoutTypes(system, written) : written;
    const next = new Set<string>();
    for (const [at, file] of waiting.entries()) {
      const text = texts[at] ?? '';
      files.set(file, { path: asScript(relative(folder, file)).split(sep).join('/'), text });
      for (const [, , name = ''] of text.matchAll(imported)) {
        if (name.startsWith('.')) next.add(resolve(dirname(file), name).replace(/\.js$/, ending));
        else if (!name.startsWith('node:')) packages.add(packageOf(name));
      }
    }
    waiting = [...next].filter((file) => !files.has(file));
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, packages: [...packages].sort() };
}
