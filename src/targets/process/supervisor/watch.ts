/** Watches the files of a program by globs; a burst of edits counts as one. */
import { matchesGlob, relative, resolve, sep } from 'node:path';
import type { World } from './world.ts';

/** Milliseconds without a further edit. */
const quiet = 30;
/** Folders that are left out unless a glob names them. */
const leftOut = ['node_modules', '.git', '.opta', 'dist'];

export interface Watch {
  /** Resolves when every later edit is seen; never rejects. */
  readonly ready: Promise<void>;
  close(): void;
}

/** The folders that globs start in, without those inside another: `src/**` starts in `src`. */
export function watchRoots(globs: readonly string[]): readonly string[] {
  const roots = globs.map((glob) => {
    const parts = glob.replace(/^\.\//, '').split('/');
    const wild = parts.findIndex((part) => /[*?[\]{}()!]/.test(part));
    return (wild === -1 ? parts : parts.slice(0, wild)).join('/') || '.';
  });
  const unique = [...new Set(roots)];
  if (unique.includes('.')) return ['.'];
  return unique.filter((root) => !unique.some((other) => other !== root && root.startsWith(`${other}/`)));
}

/** True when an edit of `path` (relative, with `/`) matters. */
export function isWatched(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => {
    const pattern = glob.replace(/^\.\//, '').replace(/\/$/, '/**');
    return matchesGlob(path, pattern) || path.startsWith(`${pattern}/`);
  });
}

/** Calls `act` after each burst of edits. */
export function watchFiles(world: World, directory: string, globs: readonly string[], act: () => void): Watch {
  const skipped = leftOut.filter((name) => !globs.some((glob) => glob.split('/').includes(name)));
  const inside = (path: string) => relative(directory, path).split(sep).join('/');
  let closed = false;
  let close = () => {};
  let cancel = () => {};
  const edited = (path: string) => {
    if (closed || !isWatched(inside(path), globs)) return;
    cancel();
    cancel = world.system.clock.after(quiet, act);
  };
  const open = async () => {
    const { watch } = await import('chokidar');
    if (closed) return;
    const roots = watchRoots(globs).map((root) => resolve(directory, root));
    const watcher = watch(roots, {
      ignoreInitial: true,
      ignored: (path) =>
        inside(path)
          .split('/')
          .some((part) => skipped.includes(part)),
    });
    close = () => void watcher.close();
    watcher.on('add', edited).on('change', edited).on('unlink', edited);
    watcher.on('error', (error) =>
      world.note(`watching ${directory}: ${error instanceof Error ? error.message : String(error)}`),
    );
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
  };
  const ready = open().catch((error) => world.note(`watching ${directory}: ${String(error)}`));
  return {
    ready,
    close() {
      closed = true;
      cancel();
      close();
    },
  };
}
