/** What of the definition files belongs to a release: the service layers as written, whatever environment they go to. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { App } from '../app/app.ts';
import { hashOf } from './canonical.ts';

/**
 * sha256 over the layers of the App, without comments, formatting and the list of environments: a release stays the same
 * when an environment is added, and is another one when a service, a link or a resource changes.
 */
export async function definitionHash({ layers }: Pick<App, 'layers'>): Promise<string> {
  const written = await Promise.all(
    layers.map(async ({ name, file }) => {
      const { environments: _, ...rest } = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      return [name, rest] as const;
    }),
  );
  return hashOf(Object.fromEntries(written));
}
