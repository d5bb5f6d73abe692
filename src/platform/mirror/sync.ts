/** The plan of `opta mirror sync`: each artefact is a step, and the index is written when all are there. */
import { stringify } from 'yaml';
import type { Plan, Step, StepContext } from '../../engine/step.ts';
import { UserError } from '../../errors.ts';
import { indexName, type MirrorIndex } from '../artifacts/index-file.ts';
import type { Artifacts } from '../artifacts.ts';
import { counting } from '../components/component.ts';
import { referenceIn } from '../registry/reference.ts';
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
import type { Entry, ImageCalls, ImageEntry, MirrorStore } from './store.ts';

export interface SyncOptions {
  /** Where everything comes from: the public sources, or another mirror. */
  readonly artifacts: Artifacts;
  /** The folder or registry, as the setting `mirror` would name it. */
  readonly place: string;
  readonly store: MirrorStore;
  /** undefined leaves images out. */
  readonly images: ImageCalls | undefined;
}

/** What is known of the mirror while it is made. */
interface Mirror {
  readonly options: SyncOptions;
  before: MirrorIndex | undefined;
  readonly index: {
    images: Record<string, ImageEntry>;
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
  const { artifacts, place, images } = options;
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
  return { goal: 'sync', target: place, reason: `from ${artifacts.mirror ?? 'the public sources'}`, steps };
}

function openStep(mirror: Mirror): Step {
  const { place, store, artifacts } = mirror.options;
  return {
    id: 'folder',
    title: `mirror ${place}`,
    kind: 'change',
    needs: [],
    async run() {
      if (place === artifacts.mirror) throw onItself(place);
      mirror.before = await store.open();
      return mirror.before === undefined ? undefined : 'unchanged';
    },
  };
}

function onItself(place: string): UserError {
  return new UserError('bad-value', `the mirror ${place} cannot be filled from itself`, {
    hints: ['Unset OPTA_MIRROR (or `mirror` in config.yaml) to fill it from the public sources.'],
    exitCode: 2,
  });
}

const outcome = (changed: boolean): 'unchanged' | undefined => (changed ? undefined : 'unchanged');

function partStep(id: string, title: string, run: (context: StepContext) => Promise<'unchanged' | undefined>): Step {
  return { id, title, kind: 'change', needs: [], run };
}

function chartStep(mirror: Mirror, name: ChartName): Step {
  const { artifacts, store } = mirror.options;
  const { version, app } = artifacts.pins.charts[name];
  return partStep(`chart:${name}`, `chart ${name} ${version}`, async (context) => {
    const file = await artifacts.chart(name, counting(context));
    const { entry, changed } = await store.put(file, `charts/${name}-${version}.tgz`);
    mirror.index.charts[name] = { version, app, ...entry };
    return outcome(changed);
  });
}

function manifestStep(mirror: Mirror, name: ManifestName): Step {
  const { artifacts, store } = mirror.options;
  const { version } = artifacts.pins.manifests[name];
  return partStep(`manifest:${name}`, `manifest ${name} ${version}`, async (context) => {
    const file = await artifacts.manifest(name, counting(context));
    const { entry, changed } = await store.put(file, `manifests/${name}-${version}.yaml`);
    mirror.index.manifests[name] = { version, ...entry };
    return outcome(changed);
  });
}

function binaryStep(mirror: Mirror, name: BinaryName): Step {
  const { artifacts, store } = mirror.options;
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
      const { entry, changed } = await store.put(file, `binaries/${name}-${version}-${platform}${ending}`);
      all[platform] = { ...entry, ...(pin.inside !== undefined && { inside: pin.inside }) };
      any ||= changed;
    }
    mirror.index.binaries[name] = { version, files: all };
    return outcome(any);
  });
}

/** An archive carries a tag and no digest, and a push gives another digest, so the index names the tag. */
function imageStep(mirror: Mirror, name: ImageName, calls: ImageCalls): Step {
  const { artifacts, store } = mirror.options;
  const { ref, version } = artifacts.pins.images[name];
  const { repository, tag } = referenceIn(ref);
  const tagged = `${repository}:${tag === '' ? `v${version}` : tag}`;
  return partStep(`image:${name}`, `image ${tagged}`, async (context) => {
    const before = mirror.before?.images[name] as ImageEntry | undefined;
    const archive = async ({ signal }: StepContext) => (await artifacts.image(name, { signal })).archive;
    const { entry, changed } = await store.putImage({ name, version, ref, tagged, before, archive, calls }, context);
    mirror.index.images[name] = entry;
    return outcome(changed);
  });
}

function indexStep(mirror: Mirror, needs: readonly string[]): Step {
  const { store } = mirror.options;
  return {
    id: 'index',
    title: indexName,
    kind: 'change',
    needs,
    async run() {
      const { index, before, options } = mirror;
      const images = options.images === undefined ? (before?.images ?? {}) : index.images;
      const text = stringify({ schema: 1, ...index, images }, { sortMapEntries: true, lineWidth: 0 });
      const files = [
        ...Object.values(index.charts),
        ...Object.values(index.manifests),
        ...Object.values(index.binaries).flatMap((one) => Object.values(one.files)),
      ];
      return outcome(await store.putIndex(text, files));
    },
  };
}
