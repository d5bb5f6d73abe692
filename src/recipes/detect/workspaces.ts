/** Which folders of a project are packages of their own. */
import { parse } from 'yaml';
import type { Door } from './folder.ts';
import { readManifest } from './node.ts';

/** Files that say: here begins something of its own. */
const markers =
  /^(package\.json|deno\.jsonc?|pyproject\.toml|requirements\.(?:txt|in)|setup\.py|environment\.ya?ml|Pipfile|go\.mod|Gemfile|pom\.xml|build\.gradle(\.kts)?|Cargo\.toml|composer\.json|mix\.exs|[^/]+\.(cs|fs)proj|manage\.py)$/;

/** Folders with a marker, the project itself (`''`) included when it has one, those near the top first. */
export function markedFolders(files: readonly string[]): readonly string[] {
  const folders = files
    .filter((file) => markers.test(file.slice(file.lastIndexOf('/') + 1)))
    .map((file) => file.slice(0, Math.max(0, file.lastIndexOf('/'))));
  // Programs of one file need none.
  if (folders.length === 0) return [''];
  return [...new Set(folders)].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

const depth = (folder: string): number => (folder === '' ? 0 : folder.split('/').length);

/** Patterns of the workspace's packages, by whichever tool; undefined when it is none. */
export async function workspacePatterns(door: Door): Promise<readonly string[] | undefined> {
  const manifest = await readManifest({ read: (file) => door.read(file) });
  const own = manifest?.workspaces;
  const named = Array.isArray(own) ? own : (own as { packages?: readonly string[] } | undefined)?.packages;
  if (named) return named.filter((pattern) => typeof pattern === 'string');
  const pnpm = await door.read('pnpm-workspace.yaml');
  if (pnpm !== undefined) {
    const read = attempt(() => parse(pnpm) as { packages?: unknown });
    if (Array.isArray(read?.packages)) return read.packages.map(String);
  }
  const lerna = await door.read('lerna.json');
  const packages =
    lerna === undefined ? undefined : attempt(() => (JSON.parse(lerna) as { packages?: string[] }).packages);
  return Array.isArray(packages) ? packages : undefined;
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    // A file that its own tool refuses tells nothing.
    return undefined;
  }
}

/** `apps/*` and `packages/**`, and `!apps/old` to leave one out. */
export function matchesAny(folder: string, patterns: readonly string[]): boolean {
  const fits = (pattern: string) => {
    const clean = pattern.replace(/^\.\//, '').replace(/\/$/, '');
    const source = clean
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('**', '\u0000')
      .replaceAll('*', '[^/]*')
      .replaceAll('\u0000', '.*');
    return new RegExp(`^${source}$`).test(folder);
  };
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))
  );
}
