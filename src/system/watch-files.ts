/** Watches files by globs; a burst of edits counts as one. */
import { matchesGlob, relative, resolve, sep } from 'node:path';
import type { Clock } from './system.ts';

/** Milliseconds without a further edit. */
const quiet = 30;
/** Folders that are left out unless a glob names them. */
const leftOut = ['node_modules', '.git', '.opta', 'dist', '.venv', 'venv', '__pycache__'];

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

export interface WatchOptions {
  readonly clock: Clock;
  /** Absolute; globs are relative to it. */
  readonly directory: string;
  readonly globs: readonly string[];
  /** Hears what goes wrong. */
  readonly note: (why: string) => void;
}

/** Calls `act` after each burst of edits with the paths (absolute) that were edited or deleted. */
export function watchFiles(
  { clock, directory, globs, note }: WatchOptions,
  act: (paths: readonly string[]) => void,
): Watch {
  const skipped = leftOut.filter((name) => !globs.some((glob) => glob.split('/').includes(name)));
  const inside = (path: string) => relative(directory, path).split(sep).join('/');
  let closed = false;
  let close = () => {};
  let cancel = () => {};
  const burst = new Set<string>();
  const edited = (path: string) => {
    if (closed || !isWatched(inside(path), globs)) return;
    burst.add(path);
    cancel();
    cancel = clock.after(quiet, () => {
      const paths = [...burst];
      burst.clear();
      act(paths);
    });
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
      note(`watching ${directory}: ${error instanceof Error ? error.message : String(error)}`),
    );
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
  };
  const ready = open().catch((error) => note(`watching ${directory}: ${String(error)}`));
  return {
    ready,
    close() {
      closed = true;
      cancel();
      close();
    },
  };
}
