/** Images of services: built with the engine from their folders, pushed to the local registry, known by digest. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Build, Service } from '../../app/app.ts';
import { UserError } from '../../errors.ts';
import { writeWhole } from '../../platform/certificates.ts';
import { pullFailure } from '../../platform/ready/pulls.ts';
import type { System } from '../../system/system.ts';
import { callEngine, type Engine, engineTrouble } from './engine.ts';
import type { KindFolder } from './folder.ts';
import { digestInRegistry, registryHost } from './registry.ts';

export interface Built {
  /** Of the sources and everything else that goes into the build. */
  readonly fingerprint: string;
  readonly digest: string;
}

/** By service id; what is unreadable counts as unknown. */
async function readBuilt(folder: KindFolder): Promise<Readonly<Record<string, Built>>> {
  try {
    return JSON.parse(await readFile(folder.images, 'utf8')) as Record<string, Built>;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Several builds end at about the same time; each adds its own line. */
let writing: Promise<void> = Promise.resolve();

export function keepBuilt(folder: KindFolder, id: string, built: Built): Promise<void> {
  const next = async () => {
    const known = await readBuilt(folder);
    await writeWhole(folder.images, `${JSON.stringify({ ...known, [id]: built }, undefined, 2)}\n`, 0o600);
  };
  writing = writing.then(next, next);
  return writing;
}

/**
 * A hash that changes when a build could give something else: names, sizes, modes and times of the context's files, the
 * Dockerfile's text, arguments. Entries that .dockerignore names outright are left out.
 */
export async function fingerprint(build: Build): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([build.target, build.args, build.platforms]));
  hash.update(await dockerfileText(build));
  const ignored = await ignoredNames(build.context);
  const lines = await listing(build.context, build.context, ignored);
  hash.update(lines.sort().join('\n'));
  return hash.digest('hex');
}

async function dockerfileText({ dockerfile }: Build): Promise<string> {
  return (await readFile(dockerfile, 'utf8').catch(() => undefined)) ?? '';
}

/** Only lines without any pattern, and none at all when an exception follows: what is doubtful is watched. */
async function ignoredNames(context: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(context, '.dockerignore'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim().replace(/^\.?\/|\/$/g, ''));
  if (lines.some((line) => line.startsWith('!'))) return new Set(['.git']);
  return new Set(['.git', ...lines.filter((line) => /^[\w.][\w./-]*$/.test(line))]);
}

async function listing(root: string, folder: string, ignored: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const parts = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      const path = join(folder, entry.name);
      const name = relative(root, path);
      if (ignored.has(name)) return [];
      if (entry.isDirectory()) return listing(root, path, ignored);
      const { size, mtimeMs, mode } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0, mode: 0 }));
      return [`${name} ${size} ${mtimeMs} ${mode}`];
    }),
  );
  return parts.flat();
}

/** By which the engine knows what it built. */
const tagOf = (service: Service, port: number): string => `${registryHost(port)}/${repositoryOf(service)}:dev`;

const repositoryOf = ({ layer, name }: Service): string => `${layer}/${name}`;

/** `localhost:5001/shop/web@sha256:...`. */
export function imageReference(service: Service, port: number, digest: string): string {
  return `${registryHost(port)}/${repositoryOf(service)}@${digest}`;
}

export interface BuildPlace {
  readonly system: System;
  readonly engine: Engine;
  readonly folder: KindFolder;
  /** Of the registry on this machine. */
  readonly port: number;
}

/** What was built before, when nothing of the build has changed since. */
export async function builtBefore(folder: KindFolder, service: Service, build: Build): Promise<Built | undefined> {
  const [now, known] = await Promise.all([fingerprint(build), readBuilt(folder)]);
  const before = known[service.id];
  return before?.fingerprint === now ? before : undefined;
}

/** The digest of what was built before, when the registry still has it. */
export function stillPushed({ port }: BuildPlace, service: Service, { digest }: Built): Promise<string | undefined> {
  return digestInRegistry(port, repositoryOf(service), digest);
}

/** What the local registry holds of a service's sources as they are now; undefined when it was never built, or not since. */
export async function pushedImage(
  folder: KindFolder,
  port: number,
  service: Service,
): Promise<{ readonly digest: string; readonly repository: string } | undefined> {
  if (service.image.kind !== 'build') return undefined;
  const built = await builtBefore(folder, service, service.image.build);
  const digest = built && (await digestInRegistry(port, repositoryOf(service), built.digest));
  return digest === undefined ? undefined : { digest, repository: `${registryHost(port)}/${repositoryOf(service)}` };
}

/** Builds; resolves with the fingerprint of what was built. Throws UserError `build-failed` or `dockerfile-missing`. */
export async function buildImage(
  { system, engine, port }: BuildPlace,
  service: Service,
  build: Build,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<string> {
  if ((await stat(build.dockerfile).catch(() => undefined)) === undefined) throw dockerfileMissing(service, build);
  // Before the build: an edit during it must count as one after it.
  const before = await fingerprint(build);
  const args = [
    'build',
    ...['--tag', tagOf(service, port), '--file', build.dockerfile],
    ...(build.target === undefined ? [] : ['--target', build.target]),
    ...Object.entries(build.args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    build.context,
  ];
  const lines: string[] = [];
  const ended = await callEngine(system, engine, args, {
    signal,
    onLine: (line) => {
      lines.push(line);
      if (lines.length > 200) lines.shift();
      if (line.trim() !== '') onLine(line.trim());
    },
  });
  if (ended.code !== 0) throw buildFailed(engine, service, lines);
  return before;
}

/** How an engine pushes; a registry of this machine speaks plain HTTP, which Docker takes for granted. */
export function pushArguments({ name }: Pick<Engine, 'name'>, reference: string): readonly string[] {
  const isLocal = /^(localhost|127\.0\.0\.1)[:/]/.test(reference);
  return ['push', '--quiet', ...(name === 'podman' && isLocal ? ['--tls-verify=false'] : []), reference];
}

/** Pushes what was built and resolves with its digest. Throws UserError `push-failed`. */
export async function pushImage(
  { system, engine, port }: BuildPlace,
  service: Service,
  signal: AbortSignal,
): Promise<string> {
  const tag = tagOf(service, port);
  const ended = await callEngine(system, engine, pushArguments(engine, tag), { signal });
  const digest = ended.code === 0 ? await digestInRegistry(port, repositoryOf(service), 'dev', signal) : undefined;
  if (digest !== undefined) return digest;
  const known = engineTrouble(engine, ended.stderr);
  if (known !== undefined) throw known;
  throw new UserError('push-failed', `the image of ${service.id} could not be pushed to the local registry`, {
    place: service.place,
    detail: ended.stderr.trim().split('\n').slice(-6),
    hints: [
      `See whether it runs: \`${engine.name} ps\`, \`${engine.name} logs\` of the container whose name ends in -registry.`,
      'Then run `opta dev up` again: what is done stays done.',
    ],
  });
}

/** argv that the built image starts, with what the definition says instead; undefined when the engine has it no more. */
export async function startOfImage(
  { system, engine, port }: BuildPlace,
  service: Service,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (service.command !== undefined) return [...service.command, ...(service.args ?? [])];
  const args = ['image', 'inspect', '--format', '{{json .Config}}', tagOf(service, port)];
  const asked = await callEngine(system, engine, args, signal === undefined ? {} : { signal });
  if (asked.code !== 0) return undefined;
  const { Entrypoint, Cmd } = JSON.parse(asked.stdout) as { Entrypoint?: string[] | null; Cmd?: string[] | null };
  return [...(Entrypoint ?? []), ...(service.args ?? Cmd ?? [])];
}

function dockerfileMissing(service: Service, { dockerfile }: Build): UserError {
  return new UserError('dockerfile-missing', `${service.id} has \`image: AUTO\` and no ${dockerfile}`, {
    place: service.place,
    hints: [
      'Write a Dockerfile there, or name one with `build.dockerfile`.',
      '`--on process` runs it without an image.',
    ],
  });
}

/** Lines in which an engine tells of the image that a build begins with, not of what the build itself runs. */
const ofBaseImage =
  /failed to resolve source metadata|pull access denied|manifest for |error response from daemon|initializing source|unable to copy from source|failed to do request/i;

function buildFailed(engine: Engine, service: Service, lines: readonly string[]): UserError {
  const detail = lines.filter((line) => line.trim() !== '').slice(-15);
  const known = engineTrouble(engine, detail.join('\n'));
  if (known !== undefined) return known;
  const { place } = service;
  const pulled = detail.findLast((line) => ofBaseImage.test(line));
  if (pulled !== undefined) {
    const { code, says, hint } = pullFailure(pulled);
    return new UserError(code, `the image of ${service.id} could not be built, for its base image: ${says}`, {
      ...{ place, detail },
      hints: [code === 'image-missing' ? 'Correct the name or the tag after FROM in its Dockerfile.' : hint],
    });
  }
  return new UserError('build-failed', `the image of ${service.id} could not be built`, {
    ...{ place, detail },
    hints: [`Run it yourself: \`${engine.name} build ${relative(service.place.file, '') === '' ? '.' : 'FOLDER'}\`.`],
  });
}
