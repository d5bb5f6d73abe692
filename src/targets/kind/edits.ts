/** What an edit of a service's files means while `dev up` stays: copied into its containers, or built anew. Pure. */
import { posix, relative, resolve, sep } from 'node:path';
import type { Service } from '../../app/app.ts';
import { isWatched } from '../../system/watch-files.ts';

export interface Copy {
  /** Absolute, on this machine. */
  readonly file: string;
  /** Absolute, in the container. */
  readonly to: string;
}

export interface Meaning {
  readonly copies: readonly Copy[];
  /** One of the copied files is among those that the service starts again for. */
  readonly restart: boolean;
  /** Something was edited that is in the image and not copied. */
  readonly rebuild: boolean;
}

/** Where the paths of `dev.watch` and `dev.sync` begin; undefined for an image by reference without a folder. */
export function folderOfCode({ dev, image }: Service): string | undefined {
  return dev.directory ?? (image.kind === 'build' ? image.build.context : undefined);
}

/** Globs of what is worth hearing of. Who has edits copied wants every other edit of the image too. */
export function globsOf({ dev }: Service): readonly string[] {
  return dev.sync.length > 0 ? [...new Set(['**', ...dev.watch])] : dev.watch;
}

/** `paths` are absolute, below the service's folder. */
export function meaningOf(service: Service, paths: readonly string[]): Meaning {
  const { dev, image } = service;
  const folder = folderOfCode(service) ?? '';
  const copies: Copy[] = [];
  let [restart, rebuild] = [false, false];
  for (const path of paths) {
    const inside = relative(folder, path).split(sep).join('/');
    const watched = isWatched(inside, dev.watch);
    const own = dev.sync.flatMap(({ from, to }) => {
      const below = relative(resolve(folder, from), path).split(sep).join('/');
      return below.startsWith('../') ? [] : [{ file: path, to: posix.join('/', to, below) }];
    });
    copies.push(...own);
    if (own.length > 0) restart ||= watched;
    else rebuild ||= image.kind === 'build' && (dev.sync.length > 0 || watched);
  }
  return { copies, restart, rebuild };
}
