/** Which Node runs a service: the one on PATH, unless it is older than the service asks for or cannot run its TypeScript. */
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import satisfies from 'semver/functions/satisfies.js';
import type { Diagnostic } from '../../errors.ts';
import type { System } from '../../system/system.ts';

export interface NodeNeed {
  /** `engines.node` of the service's package.json. */
  readonly range?: string;
  /** Its command is `node` with a .ts file. */
  readonly runsTypeScript: boolean;
}

/** From here on Node runs TypeScript without a flag. */
const typeScriptRange = '>=22.18';

/** undefined: the Node on PATH will do. Else the reason to put opta's own first. Pure. */
export function whyOwnNode(found: string | undefined, need: NodeNeed): string | undefined {
  if (found === undefined) return 'no node is on PATH';
  if (need.range !== undefined && !satisfies(found, need.range))
    return `Node ${need.range} is asked for and PATH has ${found}`;
  if (need.runsTypeScript && !satisfies(found, typeScriptRange)) return `Node ${found} on PATH does not run TypeScript`;
  return undefined;
}

/** undefined for what is no Node service: no package.json in `folder`, and no `node` in its command. */
export async function readNodeNeed(folder: string, argv: readonly string[]): Promise<NodeNeed | undefined> {
  const line = argv.join(' ');
  const runsNode = /\bnode(\.exe)?\b/.test(line);
  const runsTypeScript = runsNode && /\.[cm]?tsx?\b/.test(line);
  const source = await readFile(join(folder, 'package.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (source === undefined && !runsNode) return undefined;
  const range = rangeOf(source ?? '{}');
  return { runsTypeScript, ...(range !== undefined && { range }) };
}

function rangeOf(source: string): string | undefined {
  try {
    const range = (JSON.parse(source) as { engines?: { node?: unknown } }).engines?.node;
    return typeof range === 'string' ? range : undefined;
  } catch {
    // npm and node say themselves what is wrong with the file.
    return undefined;
  }
}

/** Version such as `20.20.0` of the `node` on PATH; about 10 ms, so once a run. */
export async function nodeOnPath(system: System): Promise<string | undefined> {
  const path = system.processes.which('node');
  if (path === undefined) return undefined;
  const { stdout } = await system.processes.run([path, '--version'], { timeoutMs: 30_000 });
  return /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
}

/** PATH with these folders first. */
export function pathWith(path: string | undefined, ...folders: readonly string[]): string {
  return [...folders, ...(path === undefined || path === '' ? [] : [path])].join(delimiter);
}

export function ownNodeFolder(system: System): string {
  return dirname(system.node);
}

export function ownNodeNotice(services: readonly string[], why: string, system: System): Diagnostic {
  const verb = services.length === 1 ? 'runs' : 'run';
  return {
    severity: 'notice',
    code: 'node-version-differs',
    message: `${services.join(', ')} ${verb} with the Node of opta (${system.node}): ${why}.`,
    hints: [],
  };
}
