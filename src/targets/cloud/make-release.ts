/** Makes a release of what the project holds now: for the first environment, and for one that is approved unverified. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { App, Build, Service } from '../../app/app.ts';
import { hashOf } from '../../releases/canonical.ts';
import { definitionHash } from '../../releases/definition.ts';
import { newRelease, type Release, type ReleaseImage, type ReleasePins } from '../../releases/release.ts';
import type { System } from '../../system/system.ts';

export interface MakeOptions {
  readonly app: App;
  readonly environment: string;
  readonly pins: ReleasePins;
  /** The image that a registry holds for a service; undefined when it has none. */
  readonly built: (service: Service) => Promise<ReleaseImage | undefined>;
  /** What the tag of a reference means now; a rehearsal asks no registry. */
  readonly tagged?: (reference: string) => Promise<ReleaseImage>;
}

export async function makeRelease(system: System, options: MakeOptions): Promise<Release> {
  const { app, environment, pins } = options;
  const [definition, images, commit] = await Promise.all([
    definitionHash(app),
    Promise.all(app.services.map(async (service) => [service.id, await imageOf(service, options)] as const)),
    commitOf(system),
  ]);
  const made = new Date(system.clock.now()).toISOString();
  const content = { definition, images: Object.fromEntries(images), pins };
  return newRelease(content, { made, madeFor: environment, ...(commit !== undefined && { commit }) });
}

async function imageOf(service: Service, { built, tagged }: MakeOptions): Promise<ReleaseImage> {
  const found = await built(service);
  if (found !== undefined) return found;
  const { image } = service;
  if (image.kind === 'build') return { digest: `sha256:${await contextHash(image.build)}`, origin: 'context' };
  const [, repository = image.reference, digest] = /^([^@]+)@(sha256:[0-9a-f]{64})$/.exec(image.reference) ?? [];
  if (digest !== undefined) return { digest, origin: 'reference', repository };
  if (tagged !== undefined) return tagged(image.reference);
  return { digest: `sha256:${hashOf(image.reference)}`, origin: 'context', repository: withoutTag(image.reference) };
}

const withoutTag = (reference: string): string => reference.replace(/:[\w.-]+$/, '');

/** Undefined outside of a repository. */
async function commitOf(system: System): Promise<string | undefined> {
  if (system.processes.which('git') === undefined) return undefined;
  const { code, stdout } = await system.processes.run(['git', 'rev-parse', 'HEAD'], { cwd: system.cwd });
  return code === 0 ? stdout.trim() : undefined;
}

/** A hash of all that goes into a build: texts of the files, whoever has them checked out and whenever. */
async function contextHash({ context, dockerfile, target, args, platforms }: Build): Promise<string> {
  const ignored = await ignoredNames(context);
  const [files, recipe] = await Promise.all([
    hashesBelow(context, context, ignored),
    readFile(dockerfile, 'utf8').catch(() => ''),
  ]);
  return hashOf({ files: Object.fromEntries(files), recipe, target, args, platforms });
}

/** Names that .dockerignore leaves out outright; patterns and exceptions are taken as not written. */
async function ignoredNames(context: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(context, '.dockerignore'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim().replace(/^\.?\/|\/$/g, ''));
  return new Set(['.git', 'node_modules', ...lines.filter((line) => /^[\w.][\w./-]*$/.test(line))]);
}

async function hashesBelow(root: string, folder: string, ignored: ReadonlySet<string>): Promise<[string, string][]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<[string, string][]> => {
      const path = join(folder, entry.name);
      const name = relative(root, path);
      if (ignored.has(name)) return [];
      if (entry.isDirectory()) return hashesBelow(root, path, ignored);
      if (!entry.isFile()) return [];
      return [
        [
          name,
          createHash('sha256')
            .update(await readFile(path))
            .digest('hex'),
        ],
      ];
    }),
  );
  return found.flat();
}
