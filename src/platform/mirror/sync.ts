/** The plan of `opta mirror sync`: each artefact is a step, and the index is written when all are there. */
import { copyFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Plan, Step, StepContext } from '../../engine/step.ts';
import { UserError } from '../../errors.ts';
import { sha256Of } from '../artifacts/download.ts';
import { indexName, type MirrorIndex, readIndex } from '../artifacts/index-file.ts';
import type { Artifacts } from '../artifacts.ts';
import { writeWhole } from '../certificates.ts';
import { counting } from '../components/component.ts';
import { partsOf } from '../components/images.ts';
import {
  type BinaryName,
  binaryNames,
  type ChartName,
  chartNames,
  type ImageName,
  imageNames,
  type ManifestName,
  manifestNames,
  platforms,
} from '../versions.ts';

/** Calls of a container engine. */
interface ImageCalls {
  /** Output of a call that must succeed. */
  call(argv: readonly string[], signal: AbortSignal): Promise<string>;
  has(ref: string): Promise<boolean>;
}

export interface SyncOptions {
  /** Where everything comes from: the public sources, or another mirror. */
  readonly artifacts: Artifacts;
  readonly folder: string;
  /** undefined leaves images out. */
  readonly images: ImageCalls | undefined;
}

type Entry = { readonly file: string; readonly sha256: string };

/** What is known of the mirror while it is made. */
interface Mirror {
  readonly options: SyncOptions;
  before: MirrorIndex | undefined;
  readonly index: {
    images: Record<string, Entry & { ref: string; version: string }>;
    charts: Record<string, Entry & { version: string; app: string }>;
    manifests: Record<string, Entry & { version: string }>;
    binaries: Record<string, { version: string; files: Record<string, Entry & { inside?: string }> }>;
  };
}

/** Pure. */
export function planSync(options: SyncOptions): Plan {
  const mirror: Mirror = {
    options,
    before: undefined,
    index: { images: {}, charts: {}, manifests: {}, binaries: {} },
  };
  const { artifacts, folder, images } = options;
  const open = openStep(mirror);
  const parts = [
    ...chartNames.filter((name) => artifacts.has('charts', name)).map((name) => chartStep(mirror, name)),
    ...manifestNames.filter((name) => artifacts.has('manifests', name)).map((name) => manifestStep(mirror, name)),
    ...binaryNames.filter((name) => artifacts.has('binaries', name)).map((name) => binaryStep(mirror, name)),
    ...(images
      ? imageNames.filter((name) => artifacts.has('images', name)).map((name) => imageStep(mirror, name, images))
      : []),
  ].map((step) => ({ ...step, needs: [open.id] }));
  const steps = [
    open,
    ...parts,
    indexStep(
      mirror,
      parts.map(({ id }) => id),
    ),
  ];
  return { goal: 'sync', target: folder, reason: `from ${artifacts.mirror ?? 'the public sources'}`, steps };
}

function openStep(mirror: Mirror): Step {
  const { folder } = mirror.options;
  return {
    id: 'folder',
    title: `folder ${folder}`,
    kind: 'change',
    needs: [],
    async run() {
      if (folder === mirror.options.artifacts.mirror) throw onItself(folder);
      await mkdir(folder, { recursive: true });
      mirror.before = await readIndex(folder).catch((error: unknown) => {
        if (error instanceof UserError && error.code === 'mirror-unreadable') return undefined;
        throw error;
      });
      return mirror.before === undefined ? undefined : 'unchanged';
    },
  };
}

function onItself(folder: string): UserError {
  return new UserError('bad-value', `the mirror ${folder} cannot be filled from itself`, {
    hints: ['Unset OPTA_MIRROR (or `mirror` in config.yaml) to fill it from the public sources.'],
    exitCode: 2,
  });
}

/** Puts `from` at `path` of the mirror; 'unchanged' when the same bytes are there. */
async function put({ options }: Mirror, from: string, path: string): Promise<{ entry: Entry; changed: boolean }> {
  const to = join(options.folder, path);
  const sha256 = await sha256Of(from);
  const entry = { file: path, sha256 };
  if ((await sumOrNothing(to)) === sha256) return { entry, changed: false };
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, `${to}.part`);
  await rename(`${to}.part`, to);
  return { entry, changed: true };
}

async function sumOrNothing(file: string): Promise<string | undefined> {
  try {
    return await sha256Of(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const outcome = (changed: boolean): 'unchanged' | undefined => (changed ? undefined : 'unchanged');

function partStep(id: string, title: string, run: (context: StepContext) => Promise<'unchanged' | undefined>): Step {
  return { id, title, kind: 'change', needs: [], run };
}

function chartStep(mirror: Mirror, name: ChartName): Step {
  const { artifacts } = mirror.options;
  const { version, app } = artifacts.pins.charts[name];
  return partStep(`chart:${name}`, `chart ${name} ${version}`, async (context) => {
    const file = await artifacts.chart(name, counting(context));
    const { entry, changed } = await put(mirror, file, `charts/${name}-${version}.tgz`);
    mirror.index.charts[name] = { version, app, ...entry };
    return outcome(changed);
  });
}

function manifestStep(mirror: Mirror, name: ManifestName): Step {
  const { artifacts } = mirror.options;
  const { version } = artifacts.pins.manifests[name];
  return partStep(`manifest:${name}`, `manifest ${name} ${version}`, async (context) => {
    const file = await artifacts.manifest(name, counting(context));
    const { entry, changed } = await put(mirror, file, `manifests/${name}-${version}.yaml`);
    mirror.index.manifests[name] = { version, ...entry };
    return outcome(changed);
  });
}

function binaryStep(mirror: Mirror, name: BinaryName): Step {
  const { artifacts } = mirror.options;
  const { version, files } = artifacts.pins.binaries[name];
  return partStep(`binary:${name}`, `${name} ${version} for every system`, async (context) => {
    const all: Record<string, Entry & { inside?: string }> = {};
    let any = false;
    for (const platform of platforms) {
      const pin = files[platform];
      if (pin === undefined) continue;
      context.note(platform);
      const file = await artifacts.binaryFile(name, platform, counting(context));
      const ending = pin.inside === undefined ? '' : pin.url.endsWith('.whl') ? '.zip' : '.tar.gz';
      const { entry, changed } = await put(mirror, file, `binaries/${name}-${version}-${platform}${ending}`);
      all[platform] = { ...entry, ...(pin.inside !== undefined && { inside: pin.inside }) };
      any ||= changed;
    }
    mirror.index.binaries[name] = { version, files: all };
    return outcome(any);
  });
}

/** An archive carries a tag and no digest, so the index names the tag; the archive has its own sum. */
function imageStep(mirror: Mirror, name: ImageName, { call, has }: ImageCalls): Step {
  const { artifacts, folder } = mirror.options;
  const { ref, version } = artifacts.pins.images[name];
  const { repository, tag } = partsOf(ref);
  const tagged = `${repository}:${tag === '' ? `v${version}` : tag}`;
  const path = `images/${name}-${version}.tar`;
  return partStep(`image:${name}`, `image ${tagged}`, async ({ signal, note }) => {
    const before = mirror.before?.images[name];
    if (
      before?.ref === tagged &&
      before.file === path &&
      before.sha256 !== undefined &&
      (await isFile(join(folder, path)))
    ) {
      mirror.index.images[name] = { ref: tagged, version, file: path, sha256: before.sha256 };
      return 'unchanged';
    }
    const { archive } = await artifacts.image(name, { signal });
    const to = join(folder, path);
    await mkdir(dirname(to), { recursive: true });
    if (archive !== undefined) await copyFile(archive, `${to}.part`);
    else {
      if (!(await has(ref))) {
        note('pulling');
        await call(['pull', ref], signal);
      }
      if (ref !== tagged) await call(['tag', ref, tagged], signal);
      note('saving');
      await rm(`${to}.part`, { force: true });
      await call(['save', '--output', `${to}.part`, tagged], signal);
    }
    await rename(`${to}.part`, to);
    mirror.index.images[name] = { ref: tagged, version, file: path, sha256: await sha256Of(to) };
    return undefined;
  });
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function indexStep(mirror: Mirror, needs: readonly string[]): Step {
  const file = join(mirror.options.folder, indexName);
  return {
    id: 'index',
    title: basename(file),
    kind: 'change',
    needs,
    async run() {
      const images = mirror.options.images === undefined ? (mirror.before?.images ?? {}) : mirror.index.images;
      const text = stringify({ schema: 1, ...mirror.index, images }, { sortMapEntries: true, lineWidth: 0 });
      const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (before === text) return 'unchanged';
      await writeWhole(file, text, 0o644);
      return undefined;
    },
  };
}
