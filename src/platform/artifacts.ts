/** Where images, charts, manifests and binaries come from: the pins, a mirror in their place, the cache of this user. */
import { chmod, copyFile, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Diagnostic, UserError } from '../errors.ts';
import { cacheFolder } from '../system/folders.ts';
import type { Settings } from '../system/settings.ts';
import type { System } from '../system/system.ts';
import { type DownloadOptions, download, readAddress, verify, type Wanted } from './artifacts/download.ts';
import {
  addressOf,
  indexName,
  type Locate,
  type MirrorIndex,
  overridesOf,
  parseIndex,
  readIndex,
  unreadable,
} from './artifacts/index-file.ts';
import { isRegistry, openRegistry } from './artifacts/registry.ts';
import { type Replaced, type ResolvedPins, resolvePins } from './compatibility.ts';
import { shortHash } from './manifests/metadata.ts';
import {
  type BinaryName,
  type ChartName,
  type ImageName,
  type ManifestName,
  type PartName,
  type Pins,
  type PlatformName,
  readVersions,
} from './versions.ts';

/** An image: the reference that pods name, and its archive when the mirror brings one. */
interface ImageSource {
  readonly ref: string;
  /** A file that `docker load` and `ctr images import` read. */
  readonly archive: string | undefined;
}

type Kind = 'images' | 'charts' | 'manifests' | 'binaries';

/** Its notices tell of replaced pins too. */
export interface Artifacts extends ResolvedPins {
  readonly mirror: string | undefined;
  /** False when the mirror lacks it: nothing else is asked then. */
  has(kind: Kind, name: string): boolean;
  /** Throws UserError `mirror-lacks`. Downloads its archive when the mirror is an address. */
  image(name: ImageName, options?: DownloadOptions): Promise<ImageSource>;
  /** A chart as a file that helm reads. Throws UserError `mirror-lacks`, `download-failed`, `offline`. */
  chart(name: ChartName, options?: DownloadOptions): Promise<string>;
  manifest(name: ManifestName, options?: DownloadOptions): Promise<string>;
  /** The file that a binary comes as, for any system. */
  binaryFile(name: BinaryName, platform: PlatformName, options?: DownloadOptions): Promise<string>;
  /** Where `binary` puts it; undefined when there is none for this machine. Asks nothing. */
  binaryPlace(name: BinaryName): string | undefined;
  /** An executable for this machine. */
  binary(name: BinaryName, options?: DownloadOptions): Promise<string>;
}

export interface ArtifactsOptions {
  /** Folder with `versions.yaml`. */
  readonly dataFolder: string;
  readonly settings: Pick<Settings, 'mirror' | 'offline'>;
  /** Limits the check of versions to what a run uses. */
  readonly parts?: readonly PartName[];
  readonly signal?: AbortSignal;
}

interface Opened {
  readonly index: MirrorIndex;
  readonly locate: Locate;
  readonly authorization?: string | undefined;
}

async function opened(system: System, mirror: string, { settings, signal }: ArtifactsOptions): Promise<Opened> {
  const locate: Locate = (path) => addressOf(mirror, path);
  const isAddress = /^(https?|oci):\/\//.test(mirror);
  if (!isAddress) return { index: await readIndex(mirror), locate };
  if (settings.offline) throw unreadable(mirror, 'it is an address, and `offline` is set');
  if (isRegistry(mirror)) {
    const registry = await openRegistry(system, mirror, 'pull', signal);
    const text = await registry.readIndex();
    if (text === undefined) throw unreadable(mirror, 'it has no index');
    const { authorization } = registry;
    return {
      ...{ index: parseIndex(text, mirror), authorization },
      locate: (path, sha256) => (sha256 === undefined ? addressOf(mirror, path) : registry.blob(sha256)),
    };
  }
  const wanted = { url: `${mirror}/${indexName}`, sha256: undefined, title: 'the index of the mirror' };
  return { index: parseIndex(await readAddress(system, wanted, signal), mirror), locate };
}

function replacedNotice(mirror: string, { pin, from, to }: Replaced): Diagnostic {
  return {
    severity: 'notice',
    code: 'pins-replaced',
    message: `The mirror ${mirror} brings ${pin} ${to} in place of ${from}.`,
    hints: [],
  };
}

/** Reads the pins and the mirror. Throws UserError `pins-broken`, `pins-invalid`, `mirror-unreadable`, `mirror-invalid`. */
export async function openArtifacts(system: System, options: ArtifactsOptions): Promise<Artifacts> {
  const { mirror } = options.settings;
  const [versions, found] = await Promise.all([
    readVersions(join(options.dataFolder, 'versions.yaml')),
    mirror === undefined ? undefined : opened(system, mirror, options),
  ]);
  const overrides = found && mirror ? overridesOf(found.index, mirror, found.locate) : undefined;
  const { pins, replaced, notices } = resolvePins(versions, overrides, options.parts);
  // A tag in place of the same tag with its digest is the same version: nothing to tell.
  const other = replaced.filter(({ from, to }) => !from.startsWith(`${to}@`));
  const told = mirror === undefined ? [] : other.map((one) => replacedNotice(mirror, one));
  const source: Source = { system, options, pins, index: found?.index, ...found };
  return {
    pins,
    replaced,
    mirror,
    notices: [...told, ...notices],
    has: (kind, name) => has(source, kind, name),
    image: (name, given) => imageOf(source, name, given),
    chart: (name, given) => fileOf(source, 'charts', name, given),
    manifest: (name, given) => fileOf(source, 'manifests', name, given),
    binaryFile: (name, platform, given) => binaryFileOf(source, name, platform, given),
    binaryPlace: (name) => binaryPlace(source, name),
    binary: (name, given) => binaryOf(source, name, given),
  };
}

interface Source {
  readonly system: System;
  readonly options: ArtifactsOptions;
  readonly index: MirrorIndex | undefined;
  readonly pins: Pins;
  readonly locate?: Locate;
  /** For every request to the mirror. */
  readonly authorization?: string | undefined;
}

function has({ index }: Source, kind: Kind, name: string): boolean {
  return index === undefined || (index[kind] as Record<string, unknown>)[name] !== undefined;
}

function demand(source: Source, kind: Kind, name: string): void {
  if (has(source, kind, name)) return;
  const { mirror } = source.options.settings;
  throw new UserError('mirror-lacks', `the mirror ${mirror} has no ${name} among its ${kind}`, {
    hints: [`\`opta mirror sync ${mirror}\` brings it, from a machine with a network.`],
  });
}

async function imageOf(source: Source, name: ImageName, given: DownloadOptions = {}): Promise<ImageSource> {
  demand(source, 'images', name);
  const { ref } = source.pins.images[name];
  const entry = source.index?.images[name];
  if (entry?.file === undefined || source.locate === undefined) return { ref, archive: undefined };
  const wanted = { url: source.locate(entry.file, entry.sha256), sha256: entry.sha256, title: `the image ${ref}` };
  return { ref, archive: await obtain(source, wanted, join('images', basename(entry.file)), given) };
}

async function fileOf(
  source: Source,
  kind: 'charts' | 'manifests',
  name: ChartName | ManifestName,
  given: DownloadOptions = {},
): Promise<string> {
  demand(source, kind, name);
  const pin = (source.pins[kind] as Record<string, { version: string; url: string; sha256?: string | undefined }>)[
    name
  ];
  if (pin === undefined) throw new Error(`there is no pin ${kind}.${name}`);
  const wanted = { url: pin.url, sha256: pin.sha256, title: `${name} ${pin.version}` };
  const ending = kind === 'charts' ? 'tgz' : 'yaml';
  return obtain(source, wanted, join(kind, `${name}-${pin.version}.${ending}`), given);
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** A file of a folder is used where it is; what comes over the network is kept, under the sum that it must have. */
async function obtain(source: Source, wanted: Wanted, name: string, given: DownloadOptions): Promise<string> {
  const { system, options } = source;
  if (wanted.url.startsWith('file:')) {
    const file = fileURLToPath(wanted.url);
    if (!(await exists(file))) throw unreadable(options.settings.mirror ?? file, `it lacks its own file ${file}`);
    // A gigabyte takes seconds to sum up, and an image is known by its digest anyway.
    if (!name.startsWith('images')) await verify(wanted, file);
    return file;
  }
  const file = join(cacheFolder(system), dirname(name), `${shortHash(wanted.sha256 ?? wanted.url)}-${basename(name)}`);
  if (await exists(file)) return file;
  if (options.settings.offline) throw offline(wanted);
  const { authorization } = source;
  await download(system, { ...wanted, ...(authorization !== undefined && { authorization }) }, file, given);
  return file;
}

function offline({ title, url }: Wanted): UserError {
  return new UserError('offline', `${title} is not in the cache, and \`offline\` is set`, {
    hints: [`Run once without it, or set \`mirror\` to a folder made by \`opta mirror sync\` (source: ${url}).`],
  });
}

async function binaryFileOf(
  source: Source,
  name: BinaryName,
  platform: PlatformName,
  given: DownloadOptions = {},
): Promise<string> {
  demand(source, 'binaries', name);
  const { version, files } = source.pins.binaries[name];
  const pin = files[platform];
  if (pin === undefined) {
    throw new UserError('platform-unsupported', `there is no ${name} ${version} for ${platform}`, {
      hints: [`Install ${name} ${version} yourself and put it on PATH.`],
    });
  }
  const wanted = { url: pin.url, sha256: pin.sha256, title: `${name} ${version}` };
  return obtain(source, wanted, join('binaries', basename(new URL(pin.url).pathname)), given);
}

const platformOf = ({ system }: Source) => `${system.platform}-${system.arch}` as PlatformName;

function binaryPlace(source: Source, name: BinaryName): string | undefined {
  const pin = has(source, 'binaries', name) ? source.pins.binaries[name].files[platformOf(source)] : undefined;
  if (pin === undefined) return undefined;
  return join(cacheFolder(source.system), 'bin', (pin.sha256 ?? shortHash(pin.url)).slice(0, 10), name);
}

async function binaryOf(source: Source, name: BinaryName, given: DownloadOptions = {}): Promise<string> {
  const platform = platformOf(source);
  const target = binaryPlace(source, name);
  if (target !== undefined && (await exists(target))) return target;
  const file = await binaryFileOf(source, name, platform, given);
  const { inside } = source.pins.binaries[name].files[platform] ?? {};
  return unpack(source, file, inside, target as string);
}

/** By its first bytes: `PK`. */
async function isZip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('latin1') === 'PK';
  } finally {
    await handle.close();
  }
}

async function unpack({ system }: Source, file: string, inside: string | undefined, target: string): Promise<string> {
  const draft = `${dirname(target)}.${system.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    const place = join(draft, basename(target));
    if (inside === undefined) {
      await copyFile(file, place);
    } else if (await isZip(file)) {
      const { unzipSync } = await import('fflate');
      const found = unzipSync(await readFile(file), { filter: ({ name }) => name === inside })[inside];
      if (found === undefined) throw new UserError('archive-broken', `${file} has no ${inside}`);
      await writeFile(place, found);
    } else {
      // tar is part of Linux, macOS and Windows.
      const { code, stderr } = await system.processes.run(['tar', '-xzf', file, '-C', draft, inside]);
      if (code !== 0) throw new UserError('archive-broken', `${file} cannot be unpacked: ${stderr.trim()}`);
      await rename(join(draft, inside), place);
    }
    await chmod(place, 0o755);
    await mkdir(dirname(target), { recursive: true });
    await rename(place, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
}
