/** Where `opta mirror sync` puts things: a folder, or a registry. */
import { copyFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StepContext } from '../../engine/step.ts';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { sha256Of } from '../artifacts/download.ts';
import { indexName, type MirrorIndex, parseIndex, readIndex } from '../artifacts/index-file.ts';
import { type ListedFile, openRegistry, type Registry } from '../artifacts/registry.ts';
import { writeWhole } from '../certificates.ts';

export type Entry = ListedFile;

/** As the index lists it. */
export interface ImageEntry {
  readonly ref: string;
  readonly version: string;
  readonly file?: string;
  readonly sha256?: string;
}

/** Calls of a container engine. */
export interface ImageCalls {
  /** Output of a call that must succeed. */
  call(argv: readonly string[], signal: AbortSignal): Promise<string>;
  has(ref: string): Promise<boolean>;
  /** Arguments that push to a registry. */
  push(ref: string): readonly string[];
}

interface WantedImage {
  readonly name: string;
  readonly version: string;
  /** Where it comes from. */
  readonly ref: string;
  /** The same by its tag. */
  readonly tagged: string;
  /** Its archive, when it comes from a mirror with archives. */
  readonly archive: (context: StepContext) => Promise<string | undefined>;
  /** What the mirror has of it by now. */
  readonly before: ImageEntry | undefined;
  readonly calls: ImageCalls;
}

interface Put<T> {
  readonly entry: T;
  readonly changed: boolean;
}

export interface MirrorStore {
  /** What is there; undefined when nothing is. */
  open(): Promise<MirrorIndex | undefined>;
  put(from: string, path: string): Promise<Put<Entry>>;
  putImage(wanted: WantedImage, context: StepContext): Promise<Put<ImageEntry>>;
  /** False when it was there as it is. */
  putIndex(text: string, files: readonly Entry[]): Promise<boolean>;
}

/** Has the engine hold it under `tagged`. */
async function fetched({ ref, tagged, archive, calls }: WantedImage, context: StepContext): Promise<void> {
  const { signal, note } = context;
  const file = await archive(context);
  if (file !== undefined) {
    note('loading it from the mirror');
    await calls.call(['load', '--input', file], signal);
  } else if (!(await calls.has(ref))) {
    note('pulling');
    await calls.call(['pull', ref], signal);
  }
  if (ref !== tagged) await calls.call(['tag', ref, tagged], signal);
}

async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function folderStore(folder: string): MirrorStore {
  return {
    async open() {
      await mkdir(folder, { recursive: true });
      return readIndex(folder).catch((error: unknown) => {
        if (error instanceof UserError && error.code === 'mirror-unreadable') return undefined;
        throw error;
      });
    },
    async put(from, path) {
      const to = join(folder, path);
      const sha256 = await sha256Of(from);
      const entry = { file: path, sha256 };
      if ((await orNothing(sha256Of(to))) === sha256) return { entry, changed: false };
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, `${to}.part`);
      await rename(`${to}.part`, to);
      return { entry, changed: true };
    },
    async putImage(wanted, context) {
      const { name, version, tagged, before, calls } = wanted;
      const file = `images/${name}-${version}.tar`;
      const to = join(folder, file);
      const known = before?.ref === tagged && before.file === file && before.sha256 !== undefined;
      if (known && (await orNothing(stat(to)))?.isFile() === true) return { entry: before, changed: false };
      await mkdir(dirname(to), { recursive: true });
      const archive = await wanted.archive(context);
      if (archive !== undefined) await copyFile(archive, `${to}.part`);
      else {
        await fetched(wanted, context);
        context.note('saving');
        await rm(`${to}.part`, { force: true });
        await calls.call(['save', '--output', `${to}.part`, tagged], context.signal);
      }
      await rename(`${to}.part`, to);
      return { entry: { ref: tagged, version, file, sha256: await sha256Of(to) }, changed: true };
    },
    async putIndex(text) {
      const file = join(folder, indexName);
      if ((await orNothing(readFile(file, 'utf8'))) === text) return false;
      await writeWhole(file, text, 0o644);
      return true;
    },
  };
}

/** `place` is `oci://host/path`. Images are pushed by the engine, with its login; files by us. */
export function registryStore(system: System, place: string, signal: AbortSignal): MirrorStore {
  let opening: Promise<Registry> | undefined;
  const registry = () => (opening ??= openRegistry(system, place, 'pull,push', signal));
  let before: string | undefined;
  return {
    async open() {
      before = await (await registry()).readIndex();
      return before === undefined ? undefined : parseIndex(before, place);
    },
    async put(from, path) {
      const sha256 = await sha256Of(from);
      return { entry: { file: path, sha256 }, changed: await (await registry()).putFile(from, sha256) };
    },
    async putImage(wanted, context) {
      const { name, version, tagged, calls } = wanted;
      const { prefix } = await registry();
      const tag = tagged.slice(tagged.lastIndexOf(':') + 1);
      const ref = `${prefix}/${name}:${tag}`;
      const entry = { ref, version };
      if (wanted.before?.ref === ref) return { entry, changed: false };
      await fetched(wanted, context);
      await calls.call(['tag', tagged, ref], context.signal);
      context.note('pushing');
      await calls.call(calls.push(ref), context.signal);
      return { entry, changed: true };
    },
    async putIndex(text, files) {
      if (before === text) return false;
      await (await registry()).putIndex(text, files);
      return true;
    },
  };
}
