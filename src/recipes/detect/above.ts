/** Finds files of a whole build from one of its folders. */
import type { Place } from './place.ts';

/** The nearest file of that name, and with that text in it, in the place or in a folder above; and the way there. */
export async function above(
  place: Place,
  file: string,
  having = '',
): Promise<{ readonly path: string; readonly way: string; readonly text: string } | undefined> {
  const parts = place.folder === '' ? [] : place.folder.split('/');
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const path = [...parts.slice(0, depth), file].join('/');
    const text = await place.readTop(path);
    if (text?.includes(having)) return { path, way: '../'.repeat(parts.length - depth), text };
  }
  return undefined;
}
