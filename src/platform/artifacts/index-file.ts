/** The index of a mirror: what it holds, and which pins that replaces. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { Overrides } from '../overrides.ts';
import { binaryNames, chartNames, imageNames, manifestNames, platforms } from '../versions.ts';

/** File name of the index in a mirror. */
export const indexName = 'index.yaml';

const version = z.string().regex(/^\d+\.\d+\.\d+$/, 'must be three numbers with dots');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');
/** Below the mirror, with slashes; never out of it. */
const file = z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).+$/, 'must be a path below the mirror');

const image = z.strictObject({
  ref: z.string(),
  version: version.optional(),
  /** An archive as `docker save` writes it; without one the reference itself is pulled, or is there already. */
  file: file.optional(),
  sha256: sha256.optional(),
});
const chart = z.strictObject({ version, app: version, file, sha256: sha256.optional() });
const manifest = z.strictObject({ version, file, sha256: sha256.optional() });
const binary = z.strictObject({
  version,
  files: z.partialRecord(z.enum(platforms), z.strictObject({ file, sha256: sha256, inside: z.string().optional() })),
});

const indexFile = z.strictObject({
  schema: z.literal(1),
  images: z.partialRecord(z.enum(imageNames), image).default({}),
  charts: z.partialRecord(z.enum(chartNames), chart).default({}),
  manifests: z.partialRecord(z.enum(manifestNames), manifest).default({}),
  binaries: z.partialRecord(z.enum(binaryNames), binary).default({}),
});

export type MirrorIndex = z.infer<typeof indexFile>;

/** Throws UserError `mirror-invalid` with every problem in its detail. */
export function parseIndex(text: string, mirror: string): MirrorIndex {
  const read = indexFile.safeParse(parse(text));
  if (read.success) return read.data;
  throw new UserError('mirror-invalid', `${mirror}/${indexName} is not a valid index of a mirror`, {
    hints: ['`opta mirror sync` writes it; mend the entries below when it was written by hand.'],
    detail: read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  });
}

/** Reads the index of a mirror in a folder. Throws UserError `mirror-unreadable` or `mirror-invalid`. */
export async function readIndex(folder: string): Promise<MirrorIndex> {
  try {
    return parseIndex(await readFile(join(folder, indexName), 'utf8'), folder);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw unreadable(folder, `its ${indexName} cannot be read (${code})`);
  }
}

export function unreadable(mirror: string, why: string): UserError {
  return new UserError('mirror-unreadable', `the mirror ${mirror} cannot be used: ${why}`, {
    hints: ['`opta mirror sync` makes one.', 'Or take the setting `mirror` out to use the public sources.'],
  });
}

/** Where a file of the mirror is: `file:` for a folder. */
export function addressOf(mirror: string, path: string): string {
  if (/^https?:\/\//.test(mirror)) return `${mirror}/${path.split('/').map(encodeURIComponent).join('/')}`;
  return pathToFileURL(join(mirror, path)).href;
}

/** Where a file of the mirror is, by its path and its sum. */
export type Locate = (path: string, sha256: string | undefined) => string;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The index as replacements of pins, each with its address in the mirror. */
export function overridesOf(index: MirrorIndex, mirror: string, locate: Locate): Overrides {
  const images: Mutable<NonNullable<Overrides['images']>> = {};
  for (const name of imageNames) {
    const { ref, version: given } = index.images[name] ?? {};
    if (ref !== undefined) images[name] = { ref, ...(given !== undefined && { version: given }) };
  }
  const located = <T extends { file: string; sha256?: string | undefined }>({
    file: path,
    sha256: sum,
    ...rest
  }: T) => ({
    ...rest,
    url: locate(path, sum),
    ...(sum !== undefined && { sha256: sum }),
  });
  const charts = Object.fromEntries(Object.entries(index.charts).map(([name, one]) => [name, located(one)]));
  const manifests = Object.fromEntries(Object.entries(index.manifests).map(([name, one]) => [name, located(one)]));
  const binaries = Object.fromEntries(
    Object.entries(index.binaries).map(([name, { version: own, files }]) => {
      const places = Object.entries(files).map(([platform, one]) => [platform, located(one)]);
      return [name, { version: own, files: Object.fromEntries(places) }];
    }),
  );
  return { origin: `mirror ${mirror}`, images, charts, manifests, binaries } as Overrides;
}
